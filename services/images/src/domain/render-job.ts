import type { Dimensions } from "./dimensions/dimensions.ts";
import { PIXELS_MAX } from "./picture-limits.ts";

/** How much work an image is. */
export interface Workload {
  /** About how long rendering takes, in the time that a megapixel takes. */
  readonly cost: number;
  /** Whether it may have the place that large images cannot take. */
  readonly isSmall: boolean;
}

/** The order to render an image. */
export interface RenderJob {
  readonly imageId: string;
  /** The virtual time at which its turn ends: lower ones are rendered first. */
  readonly turn: number;
  readonly isSmall: boolean;
  /** How many attempts to render it have been aborted. */
  readonly earlierAttempts: number;
}

const PIXELS_OF_A_UNIT = 1_000_000;
/** The work besides the pixels: to fetch, to encode, to store. 0.15 s, as 3 megapixels of a PNG. */
const COST_MIN = 3;
/** 4 megapixels: a renderer uses 223 MiB for such an AVIF, the worst format. */
const SMALL_PIXELS_MAX = 4_000_000;

/** The work of an image of unknown size, or whose rendering was aborted: that of the largest. */
export const LARGEST_WORKLOAD = workloadOfPixels(PIXELS_MAX);

/** Estimates the work from the size in the file's header, if that shows it. */
export function workloadOf(dimensions: Dimensions | undefined): Workload {
  if (dimensions === undefined) return LARGEST_WORKLOAD;
  return workloadOfPixels(dimensions.width * dimensions.height);
}

function workloadOfPixels(pixels: number): Workload {
  return {
    cost: COST_MIN + Math.ceil(pixels / PIXELS_OF_A_UNIT),
    isSmall: pixels <= SMALL_PIXELS_MAX,
  };
}
