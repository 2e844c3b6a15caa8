import { ConcurrencyLimit } from "./concurrency-limit.ts";

describe("a concurrency limit", () => {
  let nowMs: number;
  let limit: ConcurrencyLimit;
  beforeEach(() => {
    nowMs = 0;
    limit = new ConcurrencyLimit(() => nowMs);
  });

  /** Learns from half a second of calls of one duration, with so many in flight. */
  const learn = (durationMs: number, inFlight: number, method = "get") => {
    for (let count = 0; count < 500; count++) {
      nowMs += 1;
      limit.learn(method, durationMs, inFlight);
    }
  };
  const learnLong = (seconds: number, ...call: [durationMs: number, inFlight: number]) => {
    for (let count = 0; count < seconds * 2; count++) learn(...call);
  };

  test("falls while latency is far above its baseline, but not below its minimum", () => {
    learn(30, 10);
    const before = limit.value;
    learn(300, 500);
    expect(limit.value).toBeLessThan(before * 0.7);
    learnLong(10, 3_000, 500);
    expect(limit.value).toBeGreaterThanOrEqual(256);
  });

  test("grows again when answers are fast and the limit is used", () => {
    learn(30, 10);
    learnLong(5, 300, 500);
    const low = limit.value;
    learnLong(5, 30, 400);
    expect(limit.value).toBeGreaterThan(low * 1.5);
  });

  test("does not grow while it is not used", () => {
    const before = limit.value;
    learnLong(5, 30, 3);
    expect(limit.value).toBe(before);
  });

  test("counts no answer within 50 ms as slow", () => {
    learn(1, 10);
    const before = limit.value;
    learnLong(5, 45, 300);
    expect(limit.value).toBeGreaterThanOrEqual(before);
  });

  test("does not learn an overload as the baseline, however long it lasts", () => {
    learn(30, 10);
    learnLong(60, 300, 500);
    expect(limit.baselineMs("get")).toBeLessThan(60);
  });

  test("does not fall if one method alone is slow", () => {
    learn(100, 10, "hash");
    learn(5, 10, "get");
    const before = limit.value;
    for (let count = 0; count < 1_000; count++) {
      nowMs += 1;
      limit.learn("hash", 2_000, 40);
      limit.learn("get", 5, 40);
    }
    expect(limit.value).toBeGreaterThanOrEqual(before);
  });

  test("compares each method with its own baseline", () => {
    learn(300, 10, "slow");
    const before = limit.value;
    learn(310, 300, "slow");
    expect(limit.value).toBeGreaterThanOrEqual(before);
    expect(limit.baselineMs("slow")).toBeGreaterThan(250);
    expect(limit.baselineMs("fast")).toBeUndefined();
  });
});
