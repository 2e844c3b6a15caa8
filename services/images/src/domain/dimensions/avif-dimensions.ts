import { boxesIn, findBox } from "./boxes.ts";
import type { Dimensions, PictureHeader } from "./dimensions.ts";

/** The version and flags before the content of a "full" box. */
const FULL_BOX_BYTES = 4;
/** The bit high_bitdepth in the third byte of `av1C`: 10 or 12 bits for each channel. */
const HIGH_BIT_DEPTH = 0x40;

/**
 * Finds the largest `ispe` (image spatial extents) of an AVIF: meta → iprp → ipco → ispe. A grid's
 * own is the largest, its tiles' are smaller. It is deep if any `av1C` says so.
 *
 * Source: ISO/IEC 23008-12, 6.5.3; AV1 Codec ISO Media File Format Binding, 2.3 (`av1C`).
 */
export function readAvifDimensions(head: Buffer): PictureHeader | "unknown" | "more" {
  const meta = findBox(head, { start: 0, end: Number.POSITIVE_INFINITY }, "meta");
  if (meta === undefined) return "more";
  if (meta.end > head.length) return "more";
  const inside = { start: meta.start + FULL_BOX_BYTES, end: meta.end };
  const properties = findBox(head, inside, "iprp");
  const container = properties && findBox(head, properties, "ipco");
  if (container === undefined) return "unknown";
  let largest: Dimensions | undefined;
  let isDeep = false;
  for (const box of boxesIn(head, container)) {
    if (box.type === "av1C") isDeep ||= ((head[box.start + 2] ?? 0) & HIGH_BIT_DEPTH) !== 0;
    if (box.type !== "ispe" || box.end - box.start < FULL_BOX_BYTES + 8) continue;
    const width = head.readUInt32BE(box.start + FULL_BOX_BYTES);
    const height = head.readUInt32BE(box.start + FULL_BOX_BYTES + 4);
    if (largest === undefined || width * height > largest.width * largest.height) {
      largest = { width, height };
    }
  }
  if (largest === undefined || largest.width * largest.height === 0) return "unknown";
  return { ...largest, isDeep };
}
