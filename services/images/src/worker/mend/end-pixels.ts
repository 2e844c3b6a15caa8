import { createInflateRaw } from "node:zlib";

/** The head of a zlib stream, before its compressed data. */
const ZLIB_HEAD_BYTES = 2;
const ADLER_BASE = 65_521;
/** How many bytes the sums take before they must be reduced, so that they stay 32 bits long. */
const ADLER_RUN = 5_552;

/**
 * Ends a zlib stream whose data is whole with the checksum that is its last four bytes, without
 * which libpng does not return the last row. A stream that is cut off before stays as it is, and
 * so does one of more than `bytesMax` bytes of data.
 *
 * Source: RFC 1950, 2.2 and 8.2 (Adler-32).
 */
export async function endPixels(stream: Buffer, bytesMax: number): Promise<Buffer> {
  const inflate = createInflateRaw();
  inflate.end(stream.subarray(ZLIB_HEAD_BYTES));
  let low = 1;
  let high = 0;
  let left = bytesMax;
  try {
    for await (const bytes of inflate as AsyncIterable<Buffer>) {
      left -= bytes.length;
      if (left < 0) return stream; // more than a picture of its size has
      for (let at = 0; at < bytes.length; ) {
        for (const end = Math.min(at + ADLER_RUN, bytes.length); at < end; at++) {
          low += bytes[at] ?? 0;
          high += low;
        }
        low %= ADLER_BASE;
        high %= ADLER_BASE;
      }
    }
  } catch {
    return stream; // cut off or damaged: the decoder says so
  }
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(high * 65_536 + low);
  return Buffer.concat([stream.subarray(0, ZLIB_HEAD_BYTES + inflate.bytesWritten), checksum]);
}
