import assert from "node:assert";
import type { StagedBlob } from "#domain/blob-store.ts";
import { createHashedFile } from "./hashed-file.ts";
import type { Objects } from "./objects.ts";
import { openScratchFile } from "./scratch.ts";

/**
 * Creates a scratch file whose content is put into a bucket once it is whole and its hash, and so its key, is known: before the transaction
 * that places it, since putting may take seconds.
 */
export async function createStagedObject(
  objects: Objects,
  keyOf: (hash: string) => string,
): Promise<StagedBlob> {
  const file = await openScratchFile();
  const content = createHashedFile(file);
  let hash: string | undefined;

  async function put(sha256: string): Promise<void> {
    await objects.put(keyOf(sha256), { file, sizeBytes: content.sizeBytes, sha256 });
  }

  return {
    get sizeBytes() {
      return content.sizeBytes;
    },
    write: content.write,
    async finish() {
      hash = content.digest();
      await put(hash);
      return hash;
    },
    async place() {
      assert(hash !== undefined, "bytes are placed after they are finished");
      // Who deleted the last image with the same bytes since may have removed the object.
      if ((await objects.ageMs(keyOf(hash))) === undefined) await put(hash);
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}
