import { createBlobStore } from "#blobs/create-blob-store.ts";
import { createS3Bucket } from "#blobs/s3/s3-bucket.ts";
import { beginUpload } from "#blobs/s3/s3-upload.ts";
import { type BlobStore, BlobStoreRefused } from "#domain/blob-store.ts";
import { startObjectStore, type TestObjectStore } from "./start-object-store.ts";

const HOUR_MS = 60 * 60 * 1000;

/** The key of a content whose hash has this end. */
const keyOf = (end: number) => `ab/ab${String(end).padStart(62, "0")}`;

describe("uploads in parts that killed processes left", () => {
  let store: TestObjectStore;
  let blobs: BlobStore;
  beforeEach(async () => {
    store = await startObjectStore();
    blobs = createBlobStore({ store: "s3", ...store.settings });
  });
  afterEach(() => store[Symbol.asyncDispose]());

  /** Begins uploads as a process does that is killed then. */
  async function begin(...keys: readonly string[]): Promise<void> {
    const limits = { deadline: AbortSignal.timeout(10_000), idleTimeoutMs: 10_000 };
    for (const key of keys) await beginUpload(createS3Bucket(store.settings), key, limits);
  }

  test("are aborted when they are old, also if there are many of them or several of the same bytes", async () => {
    const keys = [1, 2, 2, 2, 3, 4, 5].map(keyOf);
    await begin(...keys);
    await blobs.removeStaged(HOUR_MS);
    expect(store.uploads()).toHaveLength(keys.length);
    store.age(2 * HOUR_MS);
    await begin(keyOf(1));
    expect(await blobs.removeStaged(HOUR_MS)).toBeGreaterThanOrEqual(keys.length);
    expect(store.uploads()).toEqual([keyOf(1)]);
  });

  test("are left alone if their key is not that of a content", async () => {
    await begin("elsewhere", keyOf(1));
    store.age(2 * HOUR_MS);
    await blobs.removeStaged(HOUR_MS);
    expect(store.uploads()).toEqual(["elsewhere"]);
  });

  test("may be over before they are aborted", async () => {
    await begin(keyOf(1));
    store.age(2 * HOUR_MS);
    store.fail((method) => {
      if (method === "DELETE") store.clear();
      return undefined;
    });
    await blobs.removeStaged(HOUR_MS);
    expect(store.uploads()).toEqual([]);
  });

  test("cause an error if the credentials may not list them", async () => {
    store.fail(() => ({ kind: "refuse", status: 403, code: "AccessDenied" }));
    await expect(blobs.removeStaged(HOUR_MS)).rejects.toThrow(BlobStoreRefused);
  });
});
