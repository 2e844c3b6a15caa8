import { open } from "node:fs/promises";

const START_AND_ZERO = Buffer.from([0xff, 0xd8, 0]);
const END = Buffer.from([0xff, 0xd9]);
/**
 * How much data the picture may lack at its end: one byte for so many, up to a maximum. That is a
 * few blocks of 8 × 8 pixels.
 */
const BYTES_PER_LOST_BYTE = 2_000;
const LOST_BYTES_MAX = 64;

/**
 * Appends the marker that ends a JPEG; in the second copy behind a few empty bytes of data, in case
 * the last blocks are cut off. Removes the zeroes of a preallocated file first, since a decoder
 * takes them for data. A JPEG that lacks more still has a "premature end of data segment".
 */
export function mendJpeg(file: Buffer): Buffer[] {
  let length = file.length;
  while (length > 0 && file[length - 1] === 0) length--;
  if (file[length - 1] === 0xff) {
    // A zero behind it makes it data. Alone it is half of a marker.
    length += length < file.length ? 1 : -1;
  }
  const data = file.subarray(0, length);
  const lost = Math.min(Math.floor(length / BYTES_PER_LOST_BYTE), LOST_BYTES_MAX);
  return [Buffer.concat([data, END]), Buffer.concat([data, Buffer.alloc(lost), END])];
}

/** Returns whether the file at `path` is a JPEG whose last byte is 0. */
export async function isJpegThatEndsInZero(path: string): Promise<boolean> {
  await using file = await open(path);
  const { size } = await file.stat();
  const bytes = Buffer.alloc(3);
  await file.read(bytes, 0, 2, 0);
  await file.read(bytes, 2, 1, Math.max(0, size - 1));
  return bytes.equals(START_AND_ZERO);
}
