import { LatencyHistogram } from "./latency-histogram.ts";

test("returns small values exactly", () => {
  const histogram = new LatencyHistogram();
  for (let micros = 1; micros <= 100; micros++) histogram.record(micros);
  expect(histogram.percentile(0.5)).toBe(50);
  expect(histogram.percentile(0.99)).toBe(99);
  expect(histogram.percentile(1)).toBe(100);
});

test.each([127, 128, 129, 255, 256, 1_000, 65_535, 65_536, 3_000_000, 2 ** 31 - 1])(
  "is off by less than a hundredth at %i µs",
  (micros) => {
    const histogram = new LatencyHistogram();
    histogram.record(micros);
    expect(histogram.percentile(0.5)).toBeGreaterThanOrEqual(micros);
    expect(histogram.percentile(0.5)).toBeLessThanOrEqual(micros * 1.01);
  },
);

test("finds the tail among many", () => {
  const histogram = new LatencyHistogram();
  for (let i = 0; i < 9_980; i++) histogram.record(500);
  for (let i = 0; i < 20; i++) histogram.record(80_000);
  expect(histogram.percentile(0.99)).toBeLessThan(510);
  expect(histogram.percentile(0.999)).toBeGreaterThanOrEqual(80_000);
});

test("is the same after it was sent to another process", () => {
  const histogram = new LatencyHistogram();
  for (const micros of [3, 700, 700, 12_345]) histogram.record(micros);
  const copy = LatencyHistogram.from(JSON.parse(JSON.stringify(histogram.counts())));
  expect(copy.total).toBe(4);
  expect(copy.percentile(0.75)).toBe(histogram.percentile(0.75));
  expect(copy.percentile(1)).toBe(histogram.percentile(1));
});

test("has no percentile without a value", () => {
  expect(new LatencyHistogram().percentile(0.5)).toBeNaN();
});

test("counts what is out of range at its ends", () => {
  const histogram = new LatencyHistogram();
  histogram.record(-5);
  histogram.record(1e12);
  expect(histogram.percentile(0.5)).toBe(0);
  expect(histogram.percentile(1)).toBe(2 ** 31 - 1);
});
