import { drawPlot } from "./plot.ts";

const PLOT = {
  title: "CPU for a request <image>",
  horizontal: "connections",
  marks: ["1", "16", "64"],
  series: [
    { name: "monolith", values: [300, 250, 200] },
    { name: "triptych", values: [600, Number.NaN, 198] },
  ],
};

test("draws a line for each series, without what was not measured", () => {
  const svg = drawPlot(PLOT);
  expect(svg.match(/<polyline/g)).toHaveLength(2);
  expect(svg.match(/<circle/g)).toHaveLength(5);
  expect(svg).not.toContain("NaN");
  expect(svg).toContain("CPU for a request &lt;image>");
});

test("a larger value is higher, and all are inside", () => {
  const heights = [...drawPlot(PLOT).matchAll(/<circle cx="[\d.]+" cy="([\d.]+)"/g)].map(heightOf);
  const [first = 0, second = 0, third = 0, highest = 0] = heights;
  expect(first).toBeLessThan(second);
  expect(second).toBeLessThan(third);
  expect(highest).toBeLessThan(first);
  for (const height of heights) {
    expect(height).toBeGreaterThan(0);
    expect(height).toBeLessThan(360);
  }
});

test("names that end at the same place do not cover one another", () => {
  const svg = drawPlot(PLOT);
  const heights = ["monolith", "triptych"].map((name) =>
    Number(new RegExp(`y="([\\d.]+)"[^>]*>${name}<`).exec(svg)?.[1]),
  );
  expect(Math.abs((heights[0] ?? 0) - (heights[1] ?? 0))).toBeGreaterThanOrEqual(14);
});

function heightOf([, height]: RegExpMatchArray): number {
  return Number(height);
}
