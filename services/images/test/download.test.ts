import type { UserCaller } from "@triptych/chassis/identity/caller";
import { eventually } from "@triptych/chassis/testing/eventually";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { type Image, VariantName, Visibility } from "@triptych/protos/images/v1/image_pb";
import type { ContentHeader } from "@triptych/protos/images/v1/image_service_pb";
import { openFiles } from "./open-files.ts";
import { picture } from "./pictures.ts";
import { BLOB_STORES, type ImagesUnderTest, startImages } from "./start-images.ts";

const { ORIGINAL, THUMB } = VariantName;

/** Megabytes on a busy machine. */
const DOWNLOAD_MS_MAX = 30_000;

describe.each(BLOB_STORES)("a download from a store of kind %s", (store) => {
  let images: ImagesUnderTest;
  let owner: UserCaller;
  let other: UserCaller;
  let file: Buffer;
  let image: Image;
  beforeAll(async () => {
    images = await startImages({ store });
    [owner, other] = [await images.user(), await images.user()];
    file = Buffer.concat([await picture(100, 100).png().toBuffer(), Buffer.alloc(2_000_000, 5)]);
    image = await images.upload(owner, file);
  });
  afterAll(() => images[Symbol.asyncDispose]());

  const download = (request: object, caller: UserCaller | undefined = owner) =>
    images.client.downloadImage(
      { id: image.id, variant: ORIGINAL, ...request },
      contextFor(caller, { timeoutMs: DOWNLOAD_MS_MAX }),
    );

  async function read(request: object, caller?: UserCaller) {
    let header: ContentHeader | undefined;
    const chunks: Uint8Array[] = [];
    for await (const { part } of download(request, caller)) {
      if (part.case === "header") header = part.value;
      if (part.case === "chunk") chunks.push(part.value);
    }
    return { header, chunks, bytes: Buffer.concat(chunks) };
  }

  test("sends a header, then the bytes in chunks of at most 64 KiB", async () => {
    const { header, chunks, bytes } = await read({});
    expect(header).toMatchObject({
      contentType: "image/png",
      sizeBytes: file.length,
      first: 0,
      length: file.length,
      version: expect.stringMatching(/^[0-9a-f]{64}$/),
      visibility: Visibility.PUBLIC,
    });
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(65_536);
    expect(bytes.equals(file)).toBe(true);
  });

  test.each([
    ["first to last", { first: 10, last: 19 }, 10, 10],
    ["one byte", { first: 0, last: 0 }, 0, 1],
    ["over several chunks", { first: 70_000, last: 279_999 }, 70_000, 210_000],
  ])("sends a range: %s", async (_, range, first, length) => {
    const { header, bytes } = await read({ range });
    expect(header).toMatchObject({ first, length, sizeBytes: file.length });
    expect(bytes.equals(file.subarray(first, first + length))).toBe(true);
  });

  test("sends a range without an end, a range from the end, and no more than there is", async () => {
    const rest = await read({ range: { first: file.length - 5 } });
    expect(rest.bytes.equals(file.subarray(-5))).toBe(true);
    const suffix = await read({ range: { last: 7 } });
    expect(suffix.bytes.equals(file.subarray(-7))).toBe(true);
    expect((await read({ range: { last: 4_000_000_000 } })).bytes.length).toBe(file.length);
    expect((await read({ range: { first: 0, last: 4_000_000_000 } })).bytes.length).toBe(
      file.length,
    );
  });

  test("fails with RANGE_NOT_SATISFIABLE and the size for a range after the end", async () => {
    for (const range of [{ first: file.length }, { last: 0 }]) {
      await expect(read({ range })).rejects.toMatchObject({
        reason: "RANGE_NOT_SATISFIABLE",
        metadata: { size_bytes: String(file.length) },
      });
    }
  });

  test("fails with INVALID_ARGUMENT for a range that ends before it begins, or an unknown variant", async () => {
    await expect(read({ range: { first: 9, last: 8 } })).rejects.toMatchObject({
      violations: [{ field: "range.last" }],
    });
    for (const variant of [0, 99]) {
      await expect(read({ variant })).rejects.toMatchObject({ violations: [{ field: "variant" }] });
    }
  });

  test("fails with ORIGINAL_FORBIDDEN for the original of another user's image", async () => {
    const refusal = { reason: "ORIGINAL_FORBIDDEN" };
    await expect(read({}, other)).rejects.toMatchObject(refusal);
    const anonymous = images.client.downloadImage(
      { id: image.id, variant: ORIGINAL },
      contextFor(),
    );
    await expect(anonymous[Symbol.asyncIterator]().next()).rejects.toMatchObject(refusal);
  });

  test("fails with VARIANT_NOT_FOUND for a variant that is not rendered yet", async () => {
    await expect(read({ variant: THUMB })).rejects.toMatchObject({ reason: "VARIANT_NOT_FOUND" });
  });

  test("fails with IMAGE_NOT_FOUND for every variant of another user's private image", async () => {
    const hidden = await images.upload(owner, file, { visibility: Visibility.PRIVATE });
    for (const variant of [ORIGINAL, THUMB]) {
      await expect(read({ id: hidden.id, variant }, other)).rejects.toMatchObject({
        reason: "IMAGE_NOT_FOUND",
      });
    }
    expect((await read({ id: hidden.id })).header?.visibility).toBe(Visibility.PRIVATE);
  });

  test("closes its file or its connection when the reader stops early", async () => {
    for await (const { part } of download({})) {
      if (part.case === "chunk") break;
    }
    await eventually(async () => (images.objectStore?.sending() ?? 0) === 0);
    // Only Linux shows the open files of a process.
    if (process.platform !== "linux") return;
    await eventually(async () => (await openFiles(images.blobDirectory)).length === 0);
  });

  test("continues when the image is deleted meanwhile", async () => {
    const doomed = await images.upload(owner, Buffer.concat([file, Buffer.from("x")]));
    let length = 0;
    for await (const { part } of download({ id: doomed.id })) {
      if (part.case === "header") {
        await images.client.deleteImage({ id: doomed.id }, contextFor(owner));
      } else if (part.case === "chunk") length += part.value.length;
    }
    expect(length).toBe(file.length + 1);
  });
});
