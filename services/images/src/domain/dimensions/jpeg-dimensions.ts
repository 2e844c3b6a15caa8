import type { Dimensions } from "./dimensions.ts";

const SEGMENT_HEAD_BYTES = 4;
const FRAME_HEAD_BYTES = 9;
const SCAN = 0xda;
const END = 0xd9;

/**
 * Walks the segments of a JPEG to its frame header. Skips what lies before it (EXIF with a preview,
 * colour profiles, maps of gain and depth: megabytes, with some cameras) without holding it in
 * memory.
 */
export class JpegDimensions {
  #pending: Buffer = Buffer.alloc(0);
  /** How many bytes are still to be skipped; at first the two that begin every JPEG. */
  #skip = 2;

  push(chunk: Buffer): Dimensions | "unknown" | "more" {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    while (true) {
      const skipped = Math.min(this.#skip, this.#pending.length);
      this.#pending = this.#pending.subarray(skipped);
      this.#skip -= skipped;
      if (this.#skip > 0 || this.#pending.length < SEGMENT_HEAD_BYTES) return "more";
      const found = this.#readSegment();
      if (found !== undefined) return found;
    }
  }

  /** Returns undefined if the segment, or its fill byte, is to be skipped. */
  #readSegment(): Dimensions | "unknown" | "more" | undefined {
    const head = this.#pending;
    const marker = head[1] ?? 0;
    if (head[0] !== 0xff) return "unknown";
    if (marker === 0xff) {
      this.#skip = 1; // a fill byte
      return undefined;
    }
    if (isFrame(marker)) {
      if (head.length < FRAME_HEAD_BYTES) return "more";
      const height = head.readUInt16BE(5);
      const width = head.readUInt16BE(7);
      return width > 0 && height > 0 ? { width, height } : "unknown";
    }
    const length = head.readUInt16BE(2);
    if (marker === SCAN || marker === END || length < 2) return "unknown";
    this.#skip = 2 + length;
    return undefined;
  }
}

/**
 * Returns whether a marker begins a frame: SOF0 to SOF15, except DHT, JPG and DAC, which are
 * tables.
 */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}
