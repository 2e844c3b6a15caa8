import { create } from "@bufbuild/protobuf";
import { VariantName, Visibility } from "@triptych/protos/images/v1/image_pb";
import {
  DownloadImageRequestSchema,
  ImageHeaderSchema,
  UpdateImageRequestSchema,
  UploadEndSchema,
} from "@triptych/protos/images/v1/image_service_pb";
import { readDownloadImage, readUpdateImage, readUploadFields } from "./requests.ts";

const ID = "0199d3a0-0000-7000-8000-000000000001";

const header = (init: Parameters<typeof create<typeof ImageHeaderSchema>>[1] = {}) =>
  create(ImageHeaderSchema, init);

const violating = (field: string) =>
  expect.objectContaining({ violations: [{ field, message: expect.any(String) }] });

describe("reading the fields of an upload", () => {
  test("leaves the visibility to the domain if none is chosen", () => {
    expect(readUploadFields(header())).toEqual({
      title: "",
      description: "",
      tags: [],
      visibility: undefined,
    });
  });

  test("returns tags trimmed, in lower case and once, in the owner's order", () => {
    const tags = [" Zebra", "ÄPFEL ", "zebra", "apple"];
    expect(readUploadFields(header({ tags })).tags).toEqual(["zebra", "äpfel", "apple"]);
  });

  test("reads tags that people read as one as one, and none that shows nothing", () => {
    const tags = ["caf\u00E9", "CAFE\u0301", "ca\u200Bf\u00E9", "\uFF43afe\u0301"];
    expect(readUploadFields(header({ tags })).tags).toEqual(["caf\u00E9"]);
    for (const tag of ["", " ", "\u200B", "\uFE0F\u2060"]) {
      expect(() => readUploadFields(header({ tags: [tag] }))).toThrow(violating("tags[0]"));
    }
  });

  test("returns a title without the blanks around it", () => {
    expect(readUploadFields(header({ title: " \u200BHarbour  at dawn\n" })).title).toBe(
      "Harbour  at dawn",
    );
    expect(readUploadFields(header({ title: `${" ".repeat(300)}x` })).title).toBe("x");
  });

  test("counts code points", () => {
    const title = "👍".repeat(200);
    expect(readUploadFields(header({ title, tags: ["👍".repeat(50)] })).title).toBe(title);
    expect(() => readUploadFields(header({ title: `${title}👍` }))).toThrow(violating("title"));
  });

  test("lets an end that chooses no visibility keep the header's", () => {
    const end = create(UploadEndSchema, { visibility: Visibility.UNSPECIFIED });
    const early = header({ visibility: Visibility.PRIVATE });
    expect(readUploadFields(early, end).visibility).toBe("private");
  });
});

describe("reading an update", () => {
  test.each(["toString", "constructor", "id"])("refuses the path %s in the mask", (path) => {
    const request = create(UpdateImageRequestSchema, {
      image: { id: ID },
      updateMask: { paths: ["title", path] },
    });
    expect(() => readUpdateImage(request, ID)).toThrow(violating("update_mask"));
  });
});

describe("reading a download", () => {
  test("fails for a range that ends before it begins", () => {
    const variant = VariantName.LARGE;
    const request = create(DownloadImageRequestSchema, {
      id: ID,
      variant,
      range: { first: 5, last: 4 },
    });
    expect(() => readDownloadImage(request)).toThrow(violating("range.last"));
  });
});
