import assert from "node:assert";
import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import type { ContentRange } from "#domain/blob-store.ts";
import { createIdleTimeout } from "./idle-timeout.ts";

const READ_BYTES = 64 * 1024;

/** A part of a file that is open, and stays open. */
export interface FilePart extends ContentRange {
  readonly file: FileHandle;
}

/** The time limits of sending a part of a file. */
export interface SendLimits {
  /** The longest time without a byte. */
  readonly idleTimeoutMs: number;
  /** Ends the sending in any case. */
  readonly deadline: AbortSignal;
}

/** Streams a part of a file as the body of a request, once. A retry calls it again. */
export async function sendRange<Answer>(
  range: FilePart,
  { idleTimeoutMs, deadline }: SendLimits,
  send: (body: Readable, abortSignal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  using idle = createIdleTimeout(idleTimeoutMs, deadline);
  const { signal, restart } = idle;
  const body = Readable.from(readRange(range, restart), { objectMode: false });
  // If the scratch file cannot be read, nothing more is sent, and the idle timeout ends the
  // request.
  body.on("error", () => {});
  try {
    return await send(body, signal);
  } finally {
    body.destroy();
  }
}

/**
 * Reads a part of a file, with one chunk of at most 64 KiB in memory at a time (backpressure).
 * Calls `onChunk` for each.
 */
async function* readRange(
  { file, first, length }: FilePart,
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
