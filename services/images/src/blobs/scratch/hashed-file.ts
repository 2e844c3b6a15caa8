import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

/** A file that is hashed and counted while it is written. */
export interface HashedFile {
  readonly sizeBytes: number;
  write(chunk: Uint8Array): Promise<void>;
  /** Returns the sha256 of the written bytes, in hex. Must be called once. */
  digest(): string;
}

/** Writes to a file from its beginning. The caller, who opened it, closes it. */
export function createHashedFile(file: FileHandle): HashedFile {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  return {
    get sizeBytes() {
      return sizeBytes;
    },
    async write(chunk) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      let rest = chunk;
      while (rest.length > 0) {
        const { bytesWritten } = await file.write(rest);
        rest = rest.subarray(bytesWritten);
      }
    },
    digest: () => hash.digest("hex"),
  };
}
