import type { Dimensions } from "./dimensions.ts";

/** The longer side of each variant that shows the whole picture, in pixels. */
const SIDE_MAX = { large: 2048, medium: 1024, small: 512 } as const;
/** How many times as long the longer side may be if the shorter one would be too short to read. */
const LONG_FACTOR = 4;
/** A picture is long if its longer side is more than so many times its shorter side. */
const LONG_RATIO = 3;

/** A variant that shows the whole picture; the thumb is cut to a square. */
export type WholeVariantName = keyof typeof SIDE_MAX;

/**
 * Returns the maximum of the longer side of a variant, in pixels: the variant's own, N, unless that
 * takes the shorter side under N / 3, as it does with the screenshot of a long page; then 4 N.
 */
export function variantSideMax(name: WholeVariantName, { width, height }: Dimensions): number {
  const isLong = Math.max(width, height) > LONG_RATIO * Math.min(width, height);
  return SIDE_MAX[name] * (isLong ? LONG_FACTOR : 1);
}
