import { WindowCounter } from "./window-counter.ts";

const WINDOW_MS = 60_000;

function counterOf(max: number, keysMax = 10) {
  const clock = { nowMs: 0 };
  const now = () => clock.nowMs;
  return { clock, counter: new WindowCounter({ max, windowMs: WINDOW_MS, keysMax, now }) };
}

describe("a counter of windows", () => {
  test("lets a key have so many in a window, and says when the next one opens", () => {
    const { clock, counter } = counterOf(2);
    expect([counter.take("ada"), counter.take("ada")]).toEqual([0, 0]);
    clock.nowMs = 20_000;
    expect([counter.take("ada"), counter.take("bob")]).toEqual([40_000, 0]);
    clock.nowMs = 59_999;
    expect(counter.take("ada")).toBe(1);
    clock.nowMs = WINDOW_MS;
    expect([counter.take("ada"), counter.take("ada"), counter.take("ada")]).toEqual([0, 0, 60_000]);
  });

  test("forgets the windows that have ended", () => {
    const { clock, counter } = counterOf(1);
    for (const key of ["a", "b", "c"]) counter.take(key);
    clock.nowMs = WINDOW_MS;
    counter.take("d");
    expect(counter.size).toBe(1);
  });

  test("forgets the oldest window when it has too many keys", () => {
    const { clock, counter } = counterOf(1, 2);
    for (const key of ["a", "b", "c"]) {
      counter.take(key);
      clock.nowMs += 1;
    }
    expect(counter.size).toBe(2);
    expect(counter.take("c")).toBeGreaterThan(0);
    expect(counter.take("a")).toBe(0);
  });
});
