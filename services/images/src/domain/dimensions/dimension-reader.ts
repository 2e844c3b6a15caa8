import { readAvifDimensions } from "./avif-dimensions.ts";
import type { Dimensions, PictureHeader } from "./dimensions.ts";
import { JpegDimensions } from "./jpeg-dimensions.ts";

/** Reads a picture's size from its header while the bytes arrive, without decoding them. */
export interface DimensionReader {
  /**
   * Takes the next bytes. Returns the size as soon as it is known, and "unknown" once it is clear
   * that only decoding can find it: the header is damaged, or lies too deep.
   */
  push(chunk: Buffer): PictureHeader | "unknown" | "more";
}

/** Reads a size from the bytes so far; returns "more" if it needs more of them. */
type ReadHeader = (head: Buffer) => PictureHeader | "unknown" | "more";

/**
 * How much of a file's head is gathered. Phones write an AVIF's grid, with a box for each tile,
 * into its first kilobytes.
 */
const HEAD_BYTES_MAX = 256 * 1024;

/** Creates the reader for a file of this type. */
export function createDimensionReader(contentType: keyof typeof READERS): DimensionReader {
  return READERS[contentType]();
}

const READERS = {
  "image/jpeg": () => new JpegDimensions(),
  "image/png": () => headReader(readPng),
  "image/gif": () => headReader(readGif),
  "image/webp": () => headReader(readWebp),
  "image/avif": () => headReader(readAvifDimensions),
} as const satisfies Record<string, () => DimensionReader>;

/**
 * Gathers the head in a buffer that doubles, so that chunks of one byte cost no more than large
 * ones.
 */
function headReader(read: ReadHeader): DimensionReader {
  let head: Buffer = Buffer.alloc(0);
  let length = 0;
  return {
    push(chunk) {
      if (length + chunk.length > head.length) {
        const grown = Buffer.alloc(Math.max(head.length * 2, length + chunk.length));
        head.copy(grown, 0, 0, length);
        head = grown;
      }
      chunk.copy(head, length);
      length += chunk.length;
      const found = read(head.subarray(0, length));
      return found === "more" && length > HEAD_BYTES_MAX ? "unknown" : found;
    },
  };
}

/** Reads IHDR, which is the first chunk. */
function readPng(head: Buffer): Dimensions | "unknown" | "more" {
  if (head.length < 24) return "more";
  if (head.toString("latin1", 12, 16) !== "IHDR") return "unknown";
  return sized(head.readUInt32BE(16), head.readUInt32BE(20));
}

/** Reads the logical screen, into which every frame is drawn. */
function readGif(head: Buffer): Dimensions | "unknown" | "more" {
  return head.length < 10 ? "more" : sized(head.readUInt16LE(6), head.readUInt16LE(8));
}

/** Reads the canvas (VP8X), a lossless bitstream (VP8L) or a lossy one (VP8 and a space). */
function readWebp(head: Buffer): Dimensions | "unknown" | "more" {
  if (head.length < 30) return "more";
  const chunk = head.toString("latin1", 12, 16);
  if (chunk === "VP8X") return sized(head.readUIntLE(24, 3) + 1, head.readUIntLE(27, 3) + 1);
  if (chunk === "VP8L") {
    const bits = head.readUInt32LE(21);
    return sized((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
  }
  return sized(head.readUInt16LE(26) & 0x3fff, head.readUInt16LE(28) & 0x3fff);
}

function sized(width: number, height: number): Dimensions | "unknown" {
  return width > 0 && height > 0 ? { width, height } : "unknown";
}
