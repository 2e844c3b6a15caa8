import { crc32 } from "node:zlib";
import { endPixels } from "./end-pixels.ts";

const SIGNATURE_BYTES = 8;
/** Length and type before a chunk's data. */
const HEAD_BYTES = 8;
const CRC_BYTES = 4;

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
  const stream = await endPixels(Buffer.concat(pixels));
  return [Buffer.concat([...parts, chunk("IDAT", stream), chunk("IEND", Buffer.alloc(0))])];
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(CRC_BYTES);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
