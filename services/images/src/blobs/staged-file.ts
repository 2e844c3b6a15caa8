import assert from "node:assert";
import { createHash, randomUUID } from "node:crypto";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { StagedBlob } from "#domain/blob-store.ts";

/** Creates a file in the staging folder that is hashed and counted while it is written. */
export async function createStagedFile(
  staging: string,
  move: (path: string, hash: string) => Promise<void>,
): Promise<StagedBlob> {
  const path = join(staging, randomUUID());
  const file = await open(path, "wx");
  const digest = createHash("sha256");
  let sizeBytes = 0;
  let hash: string | undefined;
  let placed = false;
  let writing = true;

  return {
    get sizeBytes() {
      return sizeBytes;
    },
    async write(chunk) {
      digest.update(chunk);
      sizeBytes += chunk.length;
      let rest = chunk;
      while (rest.length > 0) {
        const { bytesWritten } = await file.write(rest);
        rest = rest.subarray(bytesWritten);
      }
    },
    async finish() {
      await file.sync();
      await file.close();
      writing = false;
      hash = digest.digest("hex");
      return hash;
    },
    async place() {
      assert(hash !== undefined, "bytes are placed after they are finished");
      if (placed) return;
      await move(path, hash);
      placed = true;
    },
    async [Symbol.asyncDispose]() {
      if (writing) await file.close();
      writing = false;
      await rm(path, { force: true });
    },
  };
}
