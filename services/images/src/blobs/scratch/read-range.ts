import assert from "node:assert";
import type { FileHandle } from "node:fs/promises";
import type { ContentRange } from "#domain/blob-store.ts";

const READ_BYTES = 64 * 1024;

/** A part of a file that is open, and stays open. */
export interface FileRange extends ContentRange {
  readonly file: FileHandle;
}

/** Reads a part of a file, a chunk of at most 64 KiB in memory at a time, and tells of each. */
export async function* readRange(
  { file, first, length }: FileRange,
  onChunk: () => void,
): AsyncIterable<Uint8Array> {
  for (let at = first; at < first + length; ) {
    const chunk = Buffer.allocUnsafe(Math.min(READ_BYTES, first + length - at));
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
    assert(bytesRead > 0, "a scratch file is as long as what was written to it");
    onChunk();
    at += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}
