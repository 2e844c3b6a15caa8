import { boxesIn, findBox } from "./boxes.ts";
import type { Dimensions } from "./dimensions.ts";

/** The version and flags before the content of a "full" box. */
const FULL_BOX_BYTES = 4;

/**
 * Finds the largest `ispe` (image spatial extents) of an AVIF: meta → iprp → ipco → ispe. A grid's
 * own is the largest, its tiles' are smaller.
 *
 * Source: ISO/IEC 23008-12, 6.5.3.
 */
export function readAvifDimensions(head: Buffer): Dimensions | "unknown" | "more" {
  const meta = findBox(head, { start: 0, end: Number.POSITIVE_INFINITY }, "meta");
  if (meta === undefined) return "more";
  if (meta.end > head.length) return "more";
  const inside = { start: meta.start + FULL_BOX_BYTES, end: meta.end };
  const properties = findBox(head, inside, "iprp");
  const container = properties && findBox(head, properties, "ipco");
  if (container === undefined) return "unknown";
  let largest: Dimensions | undefined;
  for (const box of boxesIn(head, container)) {
    if (box.type !== "ispe" || box.end - box.start < FULL_BOX_BYTES + 8) continue;
    const width = head.readUInt32BE(box.start + FULL_BOX_BYTES);
    const height = head.readUInt32BE(box.start + FULL_BOX_BYTES + 4);
    if (largest === undefined || width * height > largest.width * largest.height) {
      largest = { width, height };
    }
  }
  return largest !== undefined && largest.width * largest.height > 0 ? largest : "unknown";
}
