import { randomBytes } from "node:crypto";
import { status } from "@grpc/grpc-js";
import type { UserCaller } from "@triptych/chassis/identity/caller";
import { eventually } from "@triptych/chassis/testing/eventually";
import { contextFor } from "@triptych/chassis/testing/test-context";
import { type Image, ImageState, VariantName } from "@triptych/protos/images/v1/image_pb";
import { createBlobStore } from "#blobs/create-blob-store.ts";
import { picture } from "./pictures.ts";
import {
  type ImagesUnderTest,
  messagesOf,
  startImages,
  UPLOAD_TIMEOUT_MS,
} from "./start-images.ts";
import type { TestObjectStore } from "./start-object-store.ts";
import { processed, startWorker } from "./start-worker.ts";

const HOUR_MS = 60 * 60 * 1000;
const OUTAGE = {
  code: status.UNAVAILABLE,
  reason: "BLOBS_UNAVAILABLE",
  retryAfterMs: expect.any(Number),
};
const DENIED = { kind: "refuse", status: 403, code: "AccessDenied" } as const;
const BROKEN = { kind: "refuse", status: 500, code: "InternalError" } as const;

describe("the service beside an object store", () => {
  let images: ImagesUnderTest;
  let store: TestObjectStore;
  let caller: UserCaller;
  let file: Buffer;
  /** A picture that needs two parts in the bucket. */
  let large: Buffer;
  beforeAll(async () => {
    images = await startImages({ store: "s3" });
    if (images.objectStore === undefined) throw new Error("the images have no object store");
    store = images.objectStore;
    caller = await images.user();
    file = await picture(300, 200).png().toBuffer();
    large = Buffer.concat([file, randomBytes(9 * 1024 * 1024)]);
  });
  afterEach(async () => {
    store.fail();
    await images.clear();
  });
  afterAll(() => images[Symbol.asyncDispose]());

  async function download(image: Image, variant: VariantName): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    const request = { id: image.id, variant };
    for await (const { part } of images.client.downloadImage(
      request,
      contextFor(caller, { timeoutMs: UPLOAD_TIMEOUT_MS }),
    )) {
      if (part.case === "chunk") chunks.push(part.value);
    }
    return Buffer.concat(chunks);
  }

  test("stores original and variants in it, and removes them with their image", async () => {
    await using _worker = await startWorker(images);
    const { id } = await images.upload(caller, file);
    const image = await processed(images, caller, id);
    expect(image.state).toBe(ImageState.READY);
    expect((await download(image, VariantName.ORIGINAL)).equals(file)).toBe(true);
    for (const { name, sizeBytes } of image.variants) {
      expect((await download(image, name)).length).toBe(sizeBytes);
    }
    await images.client.deleteImage({ id }, contextFor(caller));
    expect(store.keys()).toEqual([]);
  });

  test("fails no image while its bytes cannot be read, and makes it ready afterwards", async () => {
    const { id } = await images.upload(caller, file);
    store.fail((method) => (method === "GET" ? DENIED : undefined));
    await using _worker = await startWorker(images);
    await eventually(async () => store.requests.some((line) => /^GET .* 403$/.test(line)));
    expect(await images.client.getImage({ id }, contextFor(caller))).toMatchObject({
      state: ImageState.PROCESSING,
    });
    store.fail();
    expect((await processed(images, caller, id)).state).toBe(ImageState.READY);
  });

  test.each([
    ["refuses", DENIED],
    ["breaks", BROKEN],
    ["ends the connection", { kind: "cut", afterBytes: 10 }],
  ] as const)("fails an upload when the store %s, and stores nothing of it", async (_, fault) => {
    store.fail((method) => (method === "PUT" ? fault : undefined));
    await expect(images.upload(caller, file)).rejects.toMatchObject(OUTAGE);
    expect(await images.query("select id from images")).toEqual([]);
    expect(await images.query("select hash from blobs")).toEqual([]);
    store.fail();
    await images.upload(caller, file);
    expect(store.keys()).toHaveLength(1);
  });

  test("fails an upload whose object cannot be looked for, and stores nothing of it", async () => {
    store.fail((method) => (method === "HEAD" ? BROKEN : undefined));
    await expect(images.upload(caller, file)).rejects.toMatchObject(OUTAGE);
    expect(await images.query("select id from images")).toEqual([]);
    expect(store.keys()).toEqual([]);
  });

  test("answers everything that needs no bytes while the store is down", async () => {
    const image = await images.upload(caller, file);
    store.fail(() => BROKEN);
    await expect(download(image, VariantName.ORIGINAL)).rejects.toMatchObject(OUTAGE);
    const { id } = image;
    expect(await images.client.getImage({ id }, contextFor(caller))).toMatchObject({ id });
    const changed = { image: { id, title: "new" }, updateMask: { paths: ["title"] } };
    await images.client.updateImage(changed, contextFor(caller));
    await images.client.deleteImage({ id }, contextFor(caller));
    const gone = images.client.getImage({ id }, contextFor(caller));
    await expect(gone).rejects.toMatchObject({ reason: "IMAGE_NOT_FOUND" });

    // The bytes are removed by a sweep, once the store is back.
    expect(store.keys()).toHaveLength(1);
    store.fail();
    await using _worker = await startWorker(images);
    await eventually(async () => store.keys().length === 0);
  });

  test("fails a download that is cut off", async () => {
    const longer = Buffer.concat([file, Buffer.alloc(500_000)]);
    const image = await images.upload(caller, longer);
    store.fail((method) => (method === "GET" ? { kind: "cut", afterBytes: 200_000 } : undefined));
    await expect(download(image, VariantName.ORIGINAL)).rejects.toMatchObject(OUTAGE);
    store.fail();
    expect((await download(image, VariantName.ORIGINAL)).equals(longer)).toBe(true);
  });

  test("stores a large upload in parts, and returns it whole", async () => {
    const image = await images.upload(caller, large);
    expect(store.requests.filter((line) => line.includes("?partNumber="))).toHaveLength(2);
    expect((await download(image, VariantName.ORIGINAL)).equals(large)).toBe(true);
    expect(store.uploads()).toEqual([]);
  });

  test("fails a large upload when a part of it never arrives, and stores nothing of it", async () => {
    store.fail((_, target) => (target.endsWith("?partNumber=2") ? BROKEN : undefined));
    await expect(images.upload(caller, large)).rejects.toMatchObject(OUTAGE);
    expect(await images.query("select id from images")).toEqual([]);
    expect(await images.query("select hash from blobs")).toEqual([]);
    expect(store.keys()).toEqual([]);
    expect(store.uploads()).toEqual([]);
  });

  test("aborts a large upload whose client leaves after its last byte", async () => {
    const leaving = new AbortController();
    let asked = false;
    store.fail((_, target) => {
      if (!target.includes("?partNumber=")) return undefined;
      asked = true;
      return { kind: "hang" };
    });
    const context = contextFor(caller, { signal: leaving.signal });
    const uploading = images.client.createImage(messagesOf(large), context);
    const ended = expect(uploading).rejects.toMatchObject({ code: status.CANCELLED });
    await eventually(async () => asked);
    leaving.abort(new Error("the client went away"));
    await ended;
    await eventually(async () => store.uploads().length === 0);
    expect(await images.query("select id from images")).toEqual([]);
  });

  test("has its worker abort the unfinished upload of a killed process", async () => {
    store.fail((method, target) => {
      return method === "DELETE" || target.endsWith("?partNumber=2") ? DENIED : undefined;
    });
    await expect(images.upload(caller, large)).rejects.toMatchObject(OUTAGE);
    store.fail();
    expect(store.uploads()).toHaveLength(1);
    store.age(2 * HOUR_MS);
    await using _worker = await startWorker(images);
    await eventually(async () => store.uploads().length === 0);
  });

  test("has its worker remove unreferenced bytes, also if it may not list unfinished uploads", async () => {
    await using killed = await createBlobStore(images.blobs).stage();
    await killed.write(Buffer.from("a picture"));
    await killed.finish(undefined);
    await killed.commit();
    store.age(2 * HOUR_MS);
    store.fail((_, target) => (target.includes("?uploads") ? DENIED : undefined));
    await using _worker = await startWorker(images);
    await eventually(async () => store.keys().length === 0);
  });

  test("removes the object of a process that was killed before its commit", async () => {
    const kept = await images.upload(caller, file);
    await using killed = await createBlobStore(images.blobs).stage();
    await killed.write(Buffer.from("a picture"));
    const hash = await killed.finish(undefined);
    await killed.commit();
    expect(store.keys()).toHaveLength(2);
    expect(await images.query("select id from images")).toHaveLength(1);
    store.age(2 * HOUR_MS);
    await using _worker = await startWorker(images);
    await eventually(async () => !store.keys().some((key) => key.endsWith(hash)));
    await processed(images, caller, kept.id);
    expect((await download(kept, VariantName.ORIGINAL)).equals(file)).toBe(true);
  });
});

describe("a service that starts", () => {
  test.each([
    ["breaks", BROKEN],
    ["hangs", { kind: "hang" }],
  ] as const)(
    "answers everything that needs no bytes beside an object store that %s",
    async (_, fault) => {
      await using images = await startImages({ store: "s3", storeFault: () => fault });
      const caller = await images.user();
      const { images: listed } = await images.client.listImages({}, contextFor(caller));
      expect(listed).toEqual([]);
      images.objectStore?.fail();
      await images.upload(caller, await picture(30, 20).png().toBuffer());
    },
  );

  test.each([
    [403, "AccessDenied"],
    [404, "NoSuchBucket"],
  ])("exits and names the settings if the object store refuses with %s %s", async (code, name) => {
    const storeFault = () => ({ kind: "refuse", status: code, code: name }) as const;
    await expect(startImages({ store: "s3", storeFault })).rejects.toThrow(
      new RegExp(`refuses DeleteObject check with ${code} ${name} .*look at S3_BUCKET`),
    );
  });
});
