import assert from "node:assert";
import { randomUUID } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { createHashedFile } from "#blobs/scratch/hashed-file.ts";
import type { StagedBlob } from "#domain/blob-store.ts";

/** Creates a file in the staging folder that is hashed and counted while it is written. */
export async function createStagedFile(
  staging: string,
  move: (path: string, hash: string) => Promise<void>,
): Promise<StagedBlob> {
  const path = join(staging, randomUUID());
  const file = await open(path, "wx");
  const content = createHashedFile(file);
  let hash: string | undefined;
  let committed = false;
  let writing = true;

  return {
    get sizeBytes() {
      return content.sizeBytes;
    },
    write: content.write,
    async finish() {
      await file.sync();
      await file.close();
      writing = false;
      hash = content.digest();
      return hash;
    },
    async commit() {
      assert(hash !== undefined, "bytes are committed after they are finished");
      if (committed) return;
      await move(path, hash);
      committed = true;
    },
    async [Symbol.asyncDispose]() {
      if (writing) await file.close();
      writing = false;
      await rm(path, { force: true });
    },
  };
}
