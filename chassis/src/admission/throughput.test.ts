import { Throughput } from "./throughput.ts";

describe("the throughput of a process", () => {
  let nowMs: number;
  let throughput: Throughput;
  beforeEach(() => {
    nowMs = 0;
    throughput = new Throughput(() => nowMs);
  });
  const answer = (count: number, intervalMs: number) => {
    for (let answered = 0; answered < count; answered++) {
      nowMs += intervalMs;
      throughput.count();
    }
  };

  test("says how long some calls take", () => {
    answer(400, 5);
    expect(throughput.msFor(100)).toBeCloseTo(500, -1);
  });

  test("follows a change within a second", () => {
    answer(400, 1);
    answer(20, 50);
    expect(throughput.msFor(10)).toBeGreaterThan(400);
  });

  test("knows nothing of a process that has not answered lately", () => {
    expect(throughput.msFor(1)).toBe(Number.POSITIVE_INFINITY);
    answer(100, 5);
    nowMs += 1_001;
    expect(throughput.msFor(1)).toBe(Number.POSITIVE_INFINITY);
  });
});
