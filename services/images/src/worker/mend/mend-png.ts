import { crc32 } from "node:zlib";
import { endPixels } from "./end-pixels.ts";

const SIGNATURE_BYTES = 8;
/** Length and type before a chunk's data. */
const HEAD_BYTES = 8;
const CRC_BYTES = 4;
/** Where IHDR, which comes first, has the width, and behind it the height. */
const WIDTH_AT = 16;
const SIDE_BYTES = 4;
const PIXEL_BYTES_MAX = 8;
/** The passes of an interlaced picture have twice as many rows, each with its filter. */
const PASSES_FACTOR = 2;

/**
 * Ends a PNG properly: puts all its pixels, up to where the file ends, into one chunk with the
 * right checksums, and appends IEND. The decoder refuses a picture whose pixels are not all there.
 */
export async function mendPng(file: Buffer): Promise<Buffer[]> {
  const parts = [file.subarray(0, SIGNATURE_BYTES)];
  const pixels: Buffer[] = [];
  let at = SIGNATURE_BYTES;
  while (at + HEAD_BYTES <= file.length) {
    const type = file.toString("latin1", at + 4, at + HEAD_BYTES);
    const end = at + HEAD_BYTES + file.readUInt32BE(at);
    if (type === "IDAT") pixels.push(file.subarray(at + HEAD_BYTES, end));
    // What is behind the pixels is no part of them.
    else if (pixels.length === 0) parts.push(file.subarray(at, end + CRC_BYTES));
    at = end + CRC_BYTES;
  }
  const stream = await endPixels(Buffer.concat(pixels), pixelBytesMax(file));
  return [Buffer.concat([...parts, chunk("IDAT", stream), chunk("IEND", Buffer.alloc(0))])];
}

/** The most bytes of its pixels: 16 bits for each of four channels, and rows of several passes. */
function pixelBytesMax(file: Buffer): number {
  if (file.length < WIDTH_AT + 2 * SIDE_BYTES) return 0;
  const width = file.readUInt32BE(WIDTH_AT);
  const height = file.readUInt32BE(WIDTH_AT + SIDE_BYTES);
  return (width * PIXEL_BYTES_MAX + 1) * height * PASSES_FACTOR;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(CRC_BYTES);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
