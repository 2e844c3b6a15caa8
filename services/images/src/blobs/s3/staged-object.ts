import assert from "node:assert";
import { createContentParts } from "#blobs/scratch/content-parts.ts";
import { createHashedFile } from "#blobs/scratch/hashed-file.ts";
import { openScratchFile } from "#blobs/scratch/scratch.ts";
import type { StagedBlob } from "#domain/blob-store.ts";
import type { ObjectContent, ObjectStore } from "./object-store.ts";

/**
 * Creates a scratch file. `finish` puts its content into the bucket, once its hash and so its key
 * is known: before the transaction that commits it, since a put may take seconds.
 */
export async function createStagedObject(
  objects: ObjectStore,
  keyOf: (hash: string) => string,
): Promise<StagedBlob> {
  const file = await openScratchFile();
  const content = createHashedFile(file);
  const parts = createContentParts();
  let whole: ObjectContent | undefined;

  const put = (object: ObjectContent, signal: AbortSignal | undefined) =>
    objects.put(keyOf(object.sha256), object, signal);

  return {
    get sizeBytes() {
      return content.sizeBytes;
    },
    async write(chunk) {
      parts.push(chunk);
      await content.write(chunk);
    },
    async finish(signal) {
      const { sizeBytes } = content;
      whole = { file, sizeBytes, sha256: content.digest(), parts: parts.end() };
      await put(whole, signal);
      return whole.sha256;
    },
    async commit() {
      assert(whole !== undefined, "bytes are committed after they are finished");
      // A deletion of the last image with the same bytes may have removed the object since.
      if ((await objects.ageMs(keyOf(whole.sha256))) === undefined) await put(whole, undefined);
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}
