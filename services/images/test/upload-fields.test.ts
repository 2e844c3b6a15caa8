import type { UserCaller } from "@triptych/chassis/identity/caller";
import { eventually } from "@triptych/chassis/testing/eventually";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { Visibility } from "@triptych/protos/images/v1/image_pb";
import { picture } from "./pictures.ts";
import {
  endOf,
  type ImagesUnderTest,
  openingOf,
  startImages,
  type UploadMessage,
} from "./start-images.ts";

describe("the fields of an upload", () => {
  let images: ImagesUnderTest;
  let caller: UserCaller;
  let file: Buffer;
  beforeAll(async () => {
    images = await startImages();
    caller = await images.user();
    file = await picture(30, 20).png().toBuffer();
  });
  afterEach(() => images.clear());
  afterAll(() => images[Symbol.asyncDispose]());

  const countImages = async () => (await images.query("select id from images")).length;

  async function expectNothingLeft() {
    await eventually(async () => (await images.arriving()) + (await images.files()).length === 0);
    expect(await countImages()).toBe(0);
  }

  async function send(messages: AsyncIterable<UploadMessage>) {
    return await images.client.createImage(messages, contextFor(caller));
  }

  test("fail with INVALID_ARGUMENT that names every bad one of the header", async () => {
    const header = {
      title: "x".repeat(201),
      description: "a\0b",
      tags: ["fine", " ", "y".repeat(51)],
      visibility: 9 as Visibility,
    };
    const refused = await images.upload(caller, file, header).catch((error: unknown) => error);
    expect(refused).toMatchObject({ reason: "INVALID_ARGUMENT" });
    const { violations } = refused as { violations: readonly { field: string }[] };
    expect(violations.map(({ field }) => field).sort()).toEqual([
      "description",
      "tags[1]",
      "tags[2]",
      "title",
      "visibility",
    ]);
    await expectNothingLeft();
  });

  test("may have 20 tags, and not 21", async () => {
    const tags = Array.from({ length: 21 }, (_, index) => `Tag ${index}`);
    const image = await images.upload(caller, file, { tags: tags.slice(1) });
    expect(image.tags).toEqual(tags.slice(1).map((tag) => tag.toLowerCase()));
    const refused = images.upload(caller, file, { tags });
    await expect(refused).rejects.toMatchObject({ violations: [{ field: "tags" }] });
  });

  describe("that arrive after the file", () => {
    type Late = Parameters<typeof endOf>[1];
    async function* fieldsLast(late: Late, early = {}): AsyncIterable<UploadMessage> {
      yield* openingOf(file, early);
      yield endOf(file, late);
    }

    test("are all in the image's one write, and there is no image before", async () => {
      const late = Promise.withResolvers<Late>();
      async function* waiting(): AsyncIterable<UploadMessage> {
        yield* openingOf(file, { title: "early", tags: ["a"] });
        yield endOf(file, await late.promise);
      }
      const upload = send(waiting());
      await eventually(async () => (await images.arriving()) === 1);
      expect(await countImages()).toBe(0);
      late.resolve({ description: "late", tags: ["B", "a"], visibility: Visibility.PRIVATE });
      const expected = {
        title: "early",
        description: "late",
        tags: ["a", "b"],
        visibility: Visibility.PRIVATE,
        etag: "1",
      };
      const image = await upload;
      expect(image).toMatchObject(expected);
      expect(await images.client.getImage({ id: image.id }, contextFor(caller))).toEqual(image);
    });

    test("are the end's where header and end have them, even if they are empty", async () => {
      const early = { title: "early", description: "early", visibility: Visibility.PUBLIC };
      const late = { title: "", description: "late", visibility: Visibility.UNLISTED };
      expect(await send(fieldsLast(late, early))).toMatchObject(late);
    });

    test("are the header's where the end has none", async () => {
      const early = { title: "a title", description: "b", visibility: Visibility.PRIVATE };
      expect(await send(fieldsLast({}, early))).toMatchObject(early);
    });

    test("include a public visibility if neither chooses one", async () => {
      expect((await send(fieldsLast({ title: "x" }))).visibility).toBe(Visibility.PUBLIC);
    });

    test("fail with INVALID_ARGUMENT that names every bad one, and leave nothing", async () => {
      const tags = Array.from({ length: 20 }, (_, index) => `tag ${index}`);
      const late = { title: "x".repeat(201), tags: ["one more"], visibility: 9 as Visibility };
      await expect(send(fieldsLast(late, { tags }))).rejects.toMatchObject({
        reason: "INVALID_ARGUMENT",
        violations: expect.arrayContaining([
          expect.objectContaining({ field: "title" }),
          expect.objectContaining({ field: "tags" }),
          expect.objectContaining({ field: "visibility" }),
        ]),
      });
      await expectNothingLeft();
    });

    test("fail before the file has arrived if the header's are bad", async () => {
      async function* endless(): AsyncIterable<UploadMessage> {
        yield* openingOf(file, { title: "x".repeat(201) });
        await new Promise(() => {});
      }
      await expect(send(endless())).rejects.toMatchObject({ violations: [{ field: "title" }] });
      await expectNothingLeft();
    });
  });
});
