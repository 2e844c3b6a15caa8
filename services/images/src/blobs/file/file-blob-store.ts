import { mkdir, opendir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { BlobMissing, type BlobStore, type StagedBlob } from "#domain/blob-store.ts";
import { isFileMissing, openFile, syncDirectory } from "./files.ts";
import { createStagedFile } from "./staged-file.ts";

/**
 * The name of a file's folder: the first two digits of its hash, so that a folder holds one of 256
 * files.
 */
const SHARD_DIGITS = 2;
const HASH = /^[0-9a-f]{64}$/;
const CHUNK_BYTES = 64 * 1024;

/**
 * A blob store in a folder: `ab/ab12…` by the hash, `staging/…` while the bytes arrive. All
 * processes of the service share the folder. A file under its hash is whole: it was written and
 * synced elsewhere on the same file system, then renamed.
 */
export function createFileBlobStore(directory: string): BlobStore {
  const staging = join(directory, "staging");
  const folderOf = (hash: string) => join(directory, hash.slice(0, SHARD_DIGITS));
  const pathOf = (hash: string) => join(folderOf(hash), hash);

  async function move(path: string, hash: string): Promise<void> {
    const folder = folderOf(hash);
    if ((await mkdir(folder, { recursive: true })) !== undefined) await syncDirectory(directory);
    await rename(path, pathOf(hash));
    await syncDirectory(folder);
  }

  async function stage(): Promise<StagedBlob> {
    await mkdir(staging, { recursive: true });
    return await createStagedFile(staging, move);
  }

  return {
    stage,
    async check() {
      await using _file = await stage();
    },
    async open(hash, range) {
      const { first, length } = range;
      const file = await openFile(pathOf(hash), { hash, range });
      // createReadStream would read an empty range to the end of the file.
      if (length === 0) {
        await file.close();
        return emptyContent();
      }
      const start = first;
      const end = first + length - 1;
      return chunksOf(file.createReadStream({ start, end, highWaterMark: CHUNK_BYTES }));
    },
    async borrow(hash, use) {
      const path = pathOf(hash);
      if ((await ageOf(path)) === undefined) throw new BlobMissing(`there are no bytes of ${hash}`);
      return await use(path);
    },
    async remove(hash, ageMsMin) {
      const age = await ageOf(pathOf(hash));
      if (age !== undefined && age >= ageMsMin) await rm(pathOf(hash), { force: true });
    },
    async *listOlderThan(ageMs) {
      for await (const folder of entriesOf(directory)) {
        if (folder.length !== SHARD_DIGITS) continue;
        for await (const hash of entriesOf(join(directory, folder))) {
          const age = HASH.test(hash) ? await ageOf(pathOf(hash)) : undefined;
          if (age !== undefined && age >= ageMs) yield hash;
        }
      }
    },
    async removeStaged(ageMsMin) {
      let removed = 0;
      for await (const name of entriesOf(staging)) {
        const age = await ageOf(join(staging, name));
        if (age === undefined || age < ageMsMin) continue;
        await rm(join(staging, name), { force: true });
        removed++;
      }
      return removed;
    },
  };
}

/** Returns the milliseconds since the file was last written; undefined if there is no file. */
async function ageOf(path: string): Promise<number | undefined> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (error) {
    if (isFileMissing(error)) return undefined;
    throw error;
  }
}

async function* entriesOf(directory: string): AsyncIterable<string> {
  try {
    for await (const { name } of await opendir(directory)) yield name;
  } catch (error) {
    if (!isFileMissing(error)) throw error; // nothing was ever stored there
  }
}

/**
 * Iterates over a stream, and ends it with the iteration. Its own iterator does not if it is ended
 * before it began: the file of a reader who wants the header only stayed open.
 */
function chunksOf(stream: Readable): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const inner: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
      return {
        next: () => inner.next(),
        async return() {
          stream.destroy();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

async function* emptyContent(): AsyncIterable<Uint8Array> {}
