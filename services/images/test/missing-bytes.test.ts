import { chmod, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import type { UserCaller } from "@triptych/chassis/identity/caller";
import { contextFor } from "@triptych/chassis/testing/test-context";
import {
  type Image,
  ImageFailure,
  ImageState,
  VariantName,
} from "@triptych/protos/images/v1/image_pb";
import { createBlobStore } from "#blobs/create-blob-store.ts";
import { picture } from "./pictures.ts";
import { BLOB_STORES, type ImagesUnderTest, startImages } from "./start-images.ts";
import { processed, startWorker } from "./start-worker.ts";

const MISSING = { code: status.NOT_FOUND, reason: "BYTES_MISSING" };
/** Three attempts, with a delay of some seconds between them. */
const FAILED_MS_MAX = 30_000;

describe.each(BLOB_STORES)("an image whose bytes are lost from a store of kind %s", (store) => {
  let images: ImagesUnderTest;
  let owner: UserCaller;
  let image: Image;
  beforeAll(async () => {
    images = await startImages({ store });
    owner = await images.user();
  });
  beforeEach(async () => {
    image = await images.upload(owner, await picture(60, 50).png().toBuffer());
  });
  afterEach(async () => {
    await images.clear();
    await images.query("delete from queue.job");
  });
  afterAll(() => images[Symbol.asyncDispose]());

  async function hashOf({ id }: Image): Promise<string> {
    const [row] = await images.query<{ blob_hash: string }>(
      "select blob_hash from images where id = $1",
      [id],
    );
    return row?.blob_hash ?? "";
  }

  async function download(range?: { readonly first: number }): Promise<Buffer> {
    const request = { id: image.id, variant: VariantName.ORIGINAL, ...(range && { range }) };
    const chunks: Uint8Array[] = [];
    for await (const { part } of images.client.downloadImage(request, contextFor(owner))) {
      if (part.case === "chunk") chunks.push(part.value);
    }
    return Buffer.concat(chunks);
  }

  test("fails with BYTES_MISSING, and the bytes of all others are read as before", async () => {
    const other = await images.upload(owner, await picture(40, 40).png().toBuffer());
    await createBlobStore(images.blobs).remove(await hashOf(image), 0);
    for (let times = 0; times < 20; times++)
      await expect(download()).rejects.toMatchObject(MISSING);
    image = other;
    expect((await download()).length).toBeGreaterThan(0);
  });

  test("fails with BYTES_MISSING before the first byte if the end is lost", async () => {
    const hash = await hashOf(image);
    if (store === "s3") images.objectStore?.truncate(hash, 10);
    else await truncate(join(images.blobDirectory, hash.slice(0, 2), hash), 10);
    await expect(download()).rejects.toMatchObject(MISSING);
    await expect(download({ first: 20 })).rejects.toMatchObject(MISSING);
  });

  test("fails with a reason after three attempts to render it, and is not retried for ever", async () => {
    await createBlobStore(images.blobs).remove(await hashOf(image), 0);
    await using _worker = await startWorker(images);
    const found = await processed(images, owner, image.id, { timeoutMs: FAILED_MS_MAX });
    expect(found).toMatchObject({ state: ImageState.FAILED, failure: ImageFailure.UNREADABLE });
  }, 60_000);
});

describe("an image whose file cannot be read", () => {
  test("is an outage of the store, since the bytes are there", async () => {
    await using images = await startImages({ store: "file" });
    const owner = await images.user();
    const { id } = await images.upload(owner, await picture(60, 50).png().toBuffer());
    const [hash = ""] = await images.files();
    const path = join(images.blobDirectory, hash.slice(0, 2), hash);
    const first = () =>
      images.client
        .downloadImage({ id, variant: VariantName.ORIGINAL }, contextFor(owner))
        [Symbol.asyncIterator]()
        .next();
    // The superuser may read every file, so for one the folder becomes a file: ENOTDIR.
    await chmod(path, 0);
    if (process.getuid?.() === 0) {
      await rm(join(path, ".."), { recursive: true });
      await writeFile(join(path, ".."), "");
    }
    await expect(first()).rejects.toMatchObject({
      code: status.UNAVAILABLE,
      reason: "BLOBS_UNAVAILABLE",
    });
  });
});
