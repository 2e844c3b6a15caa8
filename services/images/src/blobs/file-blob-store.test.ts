import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BlobMissing, type BlobStore } from "#domain/blob-store.ts";
import { createFileBlobStore } from "./file-blob-store.ts";

const HOUR_MS = 60 * 60 * 1000;
const BYTES = Buffer.from("some bytes of a picture");
const HASH = createHash("sha256").update(BYTES).digest("hex");

describe("a blob store of files", () => {
  let directory: string;
  let blobs: BlobStore;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "blobs-"));
    blobs = createFileBlobStore(join(directory, "made", "when", "needed"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function put(bytes = BYTES): Promise<string> {
    await using staged = await blobs.stage();
    await staged.write(bytes);
    const hash = await staged.finish();
    await staged.place();
    return hash;
  }

  async function read(range = { first: 0, length: BYTES.length }): Promise<string> {
    const chunks = [];
    for await (const chunk of await blobs.open(HASH, range)) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }

  async function files(): Promise<string[]> {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  }

  async function listed(): Promise<string[]> {
    const hashes = [];
    for await (const hash of blobs.listOlderThan(HOUR_MS)) hashes.push(hash);
    return hashes;
  }

  async function age(): Promise<void> {
    const past = new Date(Date.now() - 2 * HOUR_MS);
    for (const path of await files()) await utimes(path, past, past);
  }

  test("gives back what was put, whole, in part and as a file", async () => {
    expect(await put()).toBe(HASH);
    expect(await read()).toBe(BYTES.toString());
    expect(await read({ first: 5, length: 5 })).toBe("bytes");
    expect(await read({ first: 5, length: 0 })).toBe("");
    expect(await blobs.borrow(HASH, async (path) => path)).toMatch(
      new RegExp(`/${HASH.slice(0, 2)}/${HASH}$`),
    );
  });

  test("keeps the same bytes once", async () => {
    await Promise.all([put(), put(), put()]);
    expect(await files()).toHaveLength(1);
  });

  test("removes what was staged and not placed", async () => {
    {
      await using staged = await blobs.stage();
      await staged.write(BYTES);
      expect(await files()).toHaveLength(1);
    }
    expect(await files()).toEqual([]);
  });

  test("throws BlobMissing for bytes that are not there", async () => {
    await expect(read()).rejects.toThrow(BlobMissing);
    await expect(blobs.borrow(HASH, async () => 1)).rejects.toThrow(BlobMissing);
    await blobs.remove(HASH, 0);
  });

  test("removes and lists by age", async () => {
    await put();
    await blobs.remove(HASH, HOUR_MS);
    expect(await listed()).toEqual([]);
    await age();
    expect(await listed()).toEqual([HASH]);
    await blobs.remove(HASH, HOUR_MS);
    expect(await files()).toEqual([]);
  });

  test("putting bytes again makes them young", async () => {
    await put();
    await age();
    await put();
    await blobs.remove(HASH, HOUR_MS);
    expect(await read()).toBe(BYTES.toString());
  });

  test("removes what a process that was killed left half written an hour ago", async () => {
    const left = await blobs.stage();
    await left.write(BYTES);
    expect(await blobs.removeStaged(HOUR_MS)).toBe(0);
    await age();
    expect(await blobs.removeStaged(HOUR_MS)).toBe(1);
    expect(await files()).toEqual([]);
    await left[Symbol.asyncDispose]();
  });
});
