import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@triptych/chassis/testing/eventually";
import { createBlobStore } from "#blobs/create-blob-store.ts";
import { BlobMissing, type BlobStore } from "#domain/blob-store.ts";
import { openFiles } from "./open-files.ts";
import { startObjectStore } from "./start-object-store.ts";

const HOUR_MS = 60 * 60 * 1000;
const BYTES = randomBytes(300_000);
const HASH = createHash("sha256").update(BYTES).digest("hex");

/** A store under test, with access to what is behind it. */
interface Subject extends AsyncDisposable {
  readonly blobs: BlobStore;
  /** Lists everything that is stored, staged or committed. */
  kept(): Promise<readonly string[]>;
  /** Makes everything older. */
  age(ms: number): Promise<void>;
  /** Counts what is open for reading. */
  open(): Promise<number>;
}

async function startFiles(): Promise<Subject> {
  const parent = await mkdtemp(join(tmpdir(), "blobs-"));
  const kept = async () => {
    const entries = await readdir(parent, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  };
  return {
    blobs: createBlobStore({ store: "file", directory: join(parent, "made", "when", "needed") }),
    kept,
    async age(ms) {
      const past = new Date(Date.now() - ms);
      for (const path of await kept()) await utimes(path, past, past);
    },
    // Only Linux shows the open files of a process.
    open: async () => (process.platform === "linux" ? (await openFiles(parent)).length : 0),
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }),
  };
}

async function startObjects(): Promise<Subject> {
  const store = await startObjectStore();
  return {
    blobs: createBlobStore({ store: "s3", ...store.settings }),
    kept: async () => store.keys(),
    age: async (ms) => store.age(ms),
    open: async () => store.sending(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  };
}

describe.each([
  ["files", startFiles],
  ["objects", startObjects],
] as const)("a blob store of %s", (kind, start) => {
  let subject: Subject;
  let blobs: BlobStore;
  beforeEach(async () => {
    subject = await start();
    blobs = subject.blobs;
  });
  afterEach(() => subject[Symbol.asyncDispose]());

  async function put(bytes = BYTES): Promise<string> {
    await using staged = await blobs.stage();
    for (let at = 0; at < bytes.length; at += 65_536) {
      await staged.write(bytes.subarray(at, at + 65_536));
    }
    expect(staged.sizeBytes).toBe(bytes.length);
    const hash = await staged.finish(undefined);
    await staged.commit();
    return hash;
  }

  async function read(range = { first: 0, length: BYTES.length }): Promise<Buffer> {
    const chunks = [];
    for await (const chunk of await blobs.open(HASH, range, new AbortController().signal))
      chunks.push(chunk);
    for (const { length } of chunks) expect(length).toBeLessThanOrEqual(65_536);
    return Buffer.concat(chunks);
  }

  async function listed(): Promise<string[]> {
    const hashes = [];
    for await (const hash of blobs.listOlderThan(HOUR_MS)) hashes.push(hash);
    return hashes;
  }

  test("keeps nothing open for a reader that leaves before the first byte, or after", async () => {
    const hash = await put();
    const whole = { first: 0, length: BYTES.length };
    for (const reads of [0, 1]) {
      const chunks = await blobs.open(hash, whole, new AbortController().signal);
      const reader = chunks[Symbol.asyncIterator]();
      for (let count = 0; count < reads; count++) await reader.next();
      if (kind === "files" && process.platform === "linux") expect(await subject.open()).toBe(1);
      await reader.return?.();
      await eventually(async () => (await subject.open()) === 0);
    }
  });

  test("leaves nothing when it is checked", async () => {
    await blobs.check();
    expect(await subject.kept()).toEqual([]);
  });

  test.each([
    ["all", 0, 300_000],
    ["the first byte", 0, 1],
    ["the last byte", 299_999, 1],
    ["a part over several chunks", 65_000, 140_000],
    ["no byte", 5, 0],
  ])("returns the part that was asked for: %s", async (_, first, length) => {
    expect(await put()).toBe(HASH);
    const bytes = await read({ first, length });
    expect(bytes.equals(BYTES.subarray(first, first + length))).toBe(true);
  });

  test("provides stored bytes as a file", async () => {
    await put();
    const lent = await blobs.borrow(HASH, (path) => readFile(path));
    expect(lent.equals(BYTES)).toBe(true);
  });

  test("stores the same bytes once", async () => {
    await Promise.all([put(), put(), put()]);
    expect(await subject.kept()).toHaveLength(1);
  });

  test("stores an empty content", async () => {
    const hash = await put(Buffer.alloc(0));
    expect(await blobs.borrow(hash, (path) => readFile(path))).toHaveLength(0);
  });

  test("leaves nothing of staged bytes that were not finished", async () => {
    {
      await using staged = await blobs.stage();
      await staged.write(BYTES);
    }
    expect(await subject.kept()).toEqual([]);
  });

  test("throws BlobMissing for unknown bytes", async () => {
    await expect(read()).rejects.toThrow(BlobMissing);
    await expect(read({ first: 0, length: 0 })).rejects.toThrow(BlobMissing);
    await expect(blobs.borrow(HASH, async () => 1)).rejects.toThrow(BlobMissing);
    await blobs.remove(HASH, 0);
    await blobs.remove(HASH, HOUR_MS);
  });

  test("removes and lists by age", async () => {
    await put();
    await blobs.remove(HASH, HOUR_MS);
    expect(await listed()).toEqual([]);
    await subject.age(2 * HOUR_MS);
    expect(await listed()).toEqual([HASH]);
    await blobs.remove(HASH, HOUR_MS);
    expect(await subject.kept()).toEqual([]);
  });

  test("lists more bytes than a page of a listing has", async () => {
    const hashes = [];
    for (let at = 0; at < 5; at++) hashes.push(await put(Buffer.from(`blob ${at}`)));
    await subject.age(2 * HOUR_MS);
    expect((await listed()).sort()).toEqual(hashes.sort());
  });

  test("commits bytes that were removed after they were finished", async () => {
    await put();
    await using staged = await blobs.stage();
    await staged.write(BYTES);
    expect(await staged.finish(undefined)).toBe(HASH);
    await blobs.remove(HASH, 0);
    await staged.commit();
    expect((await read()).equals(BYTES)).toBe(true);
  });

  test("counts bytes as new when they are stored again", async () => {
    await put();
    await subject.age(2 * HOUR_MS);
    await put();
    await blobs.remove(HASH, HOUR_MS);
    expect((await read()).equals(BYTES)).toBe(true);
  });

  test("removes an hour later what a killed process had staged", async () => {
    const left = await blobs.stage();
    await left.write(BYTES);
    if (kind === "objects") await left.finish(undefined);
    await blobs.removeStaged(HOUR_MS);
    for (const hash of await listed()) await blobs.remove(hash, HOUR_MS);
    expect(await subject.kept()).toHaveLength(1);
    await subject.age(2 * HOUR_MS);
    await blobs.removeStaged(HOUR_MS);
    for (const hash of await listed()) await blobs.remove(hash, HOUR_MS);
    expect(await subject.kept()).toEqual([]);
    await left[Symbol.asyncDispose]();
  });
});
