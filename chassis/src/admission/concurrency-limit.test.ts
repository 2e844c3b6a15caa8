import { ConcurrencyLimit } from "./concurrency-limit.ts";

describe("a concurrency limit", () => {
  let nowMs: number;
  let limit: ConcurrencyLimit;
  beforeEach(() => {
    nowMs = 0;
    limit = new ConcurrencyLimit(() => nowMs);
  });

  /** Half a second of calls, each of which took so long, with so many in flight. */
  const play = (durationMs: number, inFlight: number, method = "get") => {
    for (let count = 0; count < 500; count++) {
      nowMs += 1;
      limit.learn(method, durationMs, inFlight);
    }
  };
  const playLong = (seconds: number, ...call: [durationMs: number, inFlight: number]) => {
    for (let count = 0; count < seconds * 2; count++) play(...call);
  };

  test("falls while answers take much longer than in calm, but not below what a process can always do", () => {
    play(30, 10);
    const calm = limit.value;
    play(300, 500);
    expect(limit.value).toBeLessThan(calm * 0.7);
    playLong(10, 3_000, 500);
    expect(limit.value).toBeGreaterThanOrEqual(256);
  });

  test("grows again when answers are fast and what it allows is used", () => {
    play(30, 10);
    playLong(5, 300, 500);
    const low = limit.value;
    playLong(5, 30, 400);
    expect(limit.value).toBeGreaterThan(low * 1.5);
  });

  test("does not grow without being used: what was not tried is not known to work", () => {
    const before = limit.value;
    playLong(5, 30, 3);
    expect(limit.value).toBe(before);
  });

  test("takes no answer for slow that comes within 50 ms", () => {
    play(1, 10);
    const calm = limit.value;
    playLong(5, 45, 300);
    expect(limit.value).toBeGreaterThanOrEqual(calm);
  });

  test("does not take overload for calm, however long it lasts", () => {
    play(30, 10);
    playLong(60, 300, 500);
    expect(limit.calmMs("get")).toBeLessThan(60);
  });

  test("does not fall when one method alone is slow, since that has a bound of its own", () => {
    play(100, 10, "hash");
    play(5, 10, "get");
    const calm = limit.value;
    for (let count = 0; count < 1_000; count++) {
      nowMs += 1;
      limit.learn("hash", 2_000, 40);
      limit.learn("get", 5, 40);
    }
    expect(limit.value).toBeGreaterThanOrEqual(calm);
  });

  test("compares each method with itself", () => {
    play(300, 10, "slow");
    const calm = limit.value;
    play(310, 300, "slow");
    expect(limit.value).toBeGreaterThanOrEqual(calm);
    expect(limit.calmMs("slow")).toBeGreaterThan(250);
    expect(limit.calmMs("fast")).toBeUndefined();
  });
});
