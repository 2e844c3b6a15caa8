import { seededRandom, uniform, weighted, zipf } from "./random.ts";

function count(pick: () => number, size: number): number[] {
  const counts = new Array<number>(size).fill(0);
  for (let i = 0; i < 100_000; i++) {
    const index = pick();
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

test("is the same for each seed", () => {
  const [first, second, other] = [seededRandom(7), seededRandom(7), seededRandom(8)];
  const three = (random: () => number) => [random(), random(), random()];
  expect(three(first)).toEqual(three(second));
  expect(three(seededRandom(7))).not.toEqual(three(other));
});

test("picks each index as often as the others", () => {
  for (const n of count(uniform(10, seededRandom(1)), 10)) {
    expect(n).toBeGreaterThan(9_500);
    expect(n).toBeLessThan(10_500);
  }
});

test("picks the first twice as often as the second by Zipf's law, ten times as the tenth", () => {
  const counts = count(zipf(1_000, seededRandom(1)), 1_000);
  expect((counts[0] ?? 0) / (counts[1] ?? 0)).toBeCloseTo(2, 0);
  expect((counts[0] ?? 0) / (counts[9] ?? 0)).toBeGreaterThan(8);
  expect((counts[0] ?? 0) / (counts[9] ?? 0)).toBeLessThan(12);
});

test("never picks what has no weight", () => {
  const counts = count(weighted([0, 3, 0, 1, 0], seededRandom(1)), 5);
  expect([counts[0], counts[2], counts[4]]).toEqual([0, 0, 0]);
  expect((counts[1] ?? 0) / (counts[3] ?? 0)).toBeCloseTo(3, 0);
});
