/** Codes have at most 12 bits. */
const CODES_MAX = 4096;

/**
 * Counts the pixels that the compressed data of a frame of a GIF holds, without decoding them.
 *
 * Source: the GIF89a specification, appendix F, variable-length-code LZW compression.
 */
export function countGifPixels(blocks: readonly Buffer[], rootBits: number): number {
  const clear = 1 << rootBits;
  const end = clear + 1;
  const lengths = new Uint16Array(CODES_MAX).fill(1, 0, clear);
  let next = end + 1;
  let bits = rootBits + 1;
  let previous = 0; // the length of the last code; 0 behind a clear code
  let pixels = 0;
  let held = 0;
  let heldBits = 0;
  for (const byte of Buffer.concat(blocks)) {
    held |= byte << heldBits;
    heldBits += 8;
    while (heldBits >= bits) {
      const code = held & ((1 << bits) - 1);
      held >>>= bits;
      heldBits -= bits;
      if (code === end) return pixels;
      if (code === clear) {
        next = end + 1;
        bits = rootBits + 1;
        previous = 0;
        continue;
      }
      if (code > next) return pixels; // damaged
      if (previous > 0 && next < CODES_MAX) {
        lengths[next++] = previous + 1;
        if (next === 1 << bits && bits < 12) bits++;
      }
      previous = lengths[code] ?? 0;
      pixels += previous;
    }
  }
  return pixels;
}
