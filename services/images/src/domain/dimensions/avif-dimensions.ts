import type { Dimensions } from "./dimensions.ts";

const BOX_HEAD_BYTES = 8;
/** The version and flags before the content of a "full" box. */
const FULL_BOX_BYTES = 4;

interface Box {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the largest `ispe` (image spatial extents) of an AVIF: meta → iprp → ipco → ispe. A grid's
 * own is the largest, its tiles' are smaller.
 *
 * Source: ISO/IEC 23008-12, 6.5.3; boxes after ISO/IEC 14496-12.
 */
export function readAvifDimensions(head: Buffer): Dimensions | "unknown" | "more" {
  const meta = find(head, { start: 0, end: Number.POSITIVE_INFINITY }, "meta");
  if (meta === undefined) return "more";
  if (meta.end > head.length) return "more";
  const inside = { start: meta.start + FULL_BOX_BYTES, end: meta.end };
  const properties = find(head, inside, "iprp");
  const container = properties && find(head, properties, "ipco");
  if (container === undefined) return "unknown";
  let largest: Dimensions | undefined;
  for (const box of boxes(head, container)) {
    if (box.type !== "ispe" || box.end - box.start < FULL_BOX_BYTES + 8) continue;
    const width = head.readUInt32BE(box.start + FULL_BOX_BYTES);
    const height = head.readUInt32BE(box.start + FULL_BOX_BYTES + 4);
    if (largest === undefined || width * height > largest.width * largest.height) {
      largest = { width, height };
    }
  }
  return largest !== undefined && largest.width * largest.height > 0 ? largest : "unknown";
}

function find(
  bytes: Buffer,
  within: { readonly start: number; readonly end: number },
  type: string,
): Box | undefined {
  for (const box of boxes(bytes, within)) {
    if (box.type === type) return box;
  }
  return undefined;
}

/**
 * Yields the boxes of a range. Each step goes forward by at least a box's head, so it ends. Stops
 * at a box with an impossible size.
 */
function* boxes(
  bytes: Buffer,
  within: { readonly start: number; readonly end: number },
): Generator<Box> {
  let at = within.start;
  while (at + BOX_HEAD_BYTES <= Math.min(within.end, bytes.length)) {
    const size = bytes.readUInt32BE(at);
    if (size < BOX_HEAD_BYTES || at + size > within.end) return;
    const type = bytes.toString("latin1", at + 4, at + BOX_HEAD_BYTES);
    yield { type, start: at + BOX_HEAD_BYTES, end: at + size };
    at += size;
  }
}
