import type { Dimensions } from "./dimensions.ts";

/**
 * Returns the size of a picture that is shrunk until its longer side has at most `sideMax` pixels.
 * Never enlarges. Rounds as sharp's `fit: "inside"` does.
 */
export function fitInside({ width, height }: Dimensions, sideMax: number): Dimensions {
  const factor = Math.max(width, height) / sideMax;
  if (factor <= 1) return { width, height };
  const scaled = (side: number) => Math.max(1, Math.round(side / factor));
  return { width: scaled(width), height: scaled(height) };
}
