import { variantSideMax } from "./variant-side.ts";

describe("the longer side of a variant", () => {
  test.each([
    ["a photograph", 4000, 3000, 2048],
    ["a square", 5000, 5000, 2048],
    ["three to one", 6000, 2000, 2048],
    ["a little more than three to one", 6000, 1999, 8192],
    ["a screenshot of a long page", 1080, 11490, 8192],
    ["a panorama", 11490, 1080, 8192],
    ["a line", 1, 32768, 8192],
  ])("of %s, %d × %d, is at most %d for large", (_, width, height, expected) => {
    expect(variantSideMax("large", { width, height })).toBe(expected);
    expect(variantSideMax("large", { width: height, height: width })).toBe(expected);
    expect(variantSideMax("medium", { width, height })).toBe(expected / 2);
    expect(variantSideMax("small", { width, height })).toBe(expected / 4);
  });
});
