import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { openScratchFile, removeScratch, withScratchPath } from "#blobs/scratch/scratch.ts";
import { BlobMissing, type BlobStore } from "#domain/blob-store.ts";
import type { ObjectStore } from "./object-store.ts";
import { createStagedObject } from "./staged-object.ts";

/** The keys are the paths of the file store, so that a folder becomes a bucket by copying. */
const KEY = /^([0-9a-f]{2})\/(\1[0-9a-f]{62})$/;
const keyOf = (hash: string) => `${hash.slice(0, 2)}/${hash}`;

/** The key of an object that is written and removed to check that this is permitted. */
const CHECK_KEY = "check";
const SHA256_OF_NOTHING = createHash("sha256").digest("hex");

/**
 * A blob store in a bucket: `ab/ab12…` by the hash. An object is whole, since the store accepts the
 * bytes of that hash or nothing. An object that was put and never committed stands under its name,
 * and is removed with all that nobody refers to. An unfinished upload in parts cannot be read, and
 * counts as staged.
 */
export function createObjectBlobStore(objects: ObjectStore): BlobStore {
  return {
    async check() {
      // A store that hangs fails this request sooner than a put, so that the start waits less for
      // it.
      await objects.remove(CHECK_KEY);
      await using file = await openScratchFile();
      const nothing = { file, sizeBytes: 0, sha256: SHA256_OF_NOTHING, parts: [] };
      await objects.put(CHECK_KEY, nothing, undefined);
      await objects.remove(CHECK_KEY);
    },
    stage: () => createStagedObject(objects, keyOf),
    async open(hash, range, signal) {
      if (range.length > 0) return await objects.get(keyOf(hash), { range, signal });
      // S3 has no request for an empty range.
      if ((await objects.ageMs(keyOf(hash))) !== undefined) return emptyContent();
      throw new BlobMissing(`there are no bytes of ${hash}`);
    },
    borrow: (hash, use) =>
      withScratchPath(async (path) => {
        await pipeline(await objects.get(keyOf(hash)), createWriteStream(path));
        return await use(path);
      }),
    async remove(hash, ageMsMin) {
      const isOld = ageMsMin === 0 || ((await objects.ageMs(keyOf(hash))) ?? 0) >= ageMsMin;
      if (isOld) await objects.remove(keyOf(hash));
    },
    async *listOlderThan(ageMsMin) {
      for await (const { key, ageMs } of objects.list()) {
        const hash = KEY.exec(key)?.[2];
        if (hash !== undefined && ageMs >= ageMsMin) yield hash;
      }
    },
    async removeStaged(ageMsMin) {
      let removed = await removeScratch(ageMsMin);
      for await (const upload of objects.listUploads()) {
        if (!KEY.test(upload.key) || upload.ageMs < ageMsMin) continue;
        await objects.abortUpload(upload);
        removed++;
      }
      return removed;
    },
  };
}

async function* emptyContent(): AsyncIterable<Uint8Array> {}
