import { LARGEST_WORKLOAD, workloadOf } from "./render-job.ts";

describe("the work of an image", () => {
  test("grows with its pixels, and is never nothing", () => {
    const costs = [
      [1, 1],
      [1_000, 1_000],
      [4_000, 3_000],
      [7_000, 7_000],
    ].map(([width = 0, height = 0]) => workloadOf({ width, height }).cost);
    expect(costs).toEqual([4, 4, 15, 52]);
  });

  test("is that of the largest if the size is not known", () => {
    expect(workloadOf(undefined)).toEqual(LARGEST_WORKLOAD);
    expect(LARGEST_WORKLOAD.isSmall).toBe(false);
  });

  test("is small up to 4 megapixels, whatever the shape", () => {
    expect(workloadOf({ width: 2_000, height: 2_000 }).isSmall).toBe(true);
    expect(workloadOf({ width: 1, height: 4_000_000 }).isSmall).toBe(true);
    expect(workloadOf({ width: 2_000, height: 2_001 }).isSmall).toBe(false);
  });
});
