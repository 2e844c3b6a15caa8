import { createReadiness } from "./readiness.ts";

describe("a readiness", () => {
  test("is false at first, and calls its listeners only at changes", () => {
    const readiness = createReadiness();
    const told: boolean[] = [];
    const stop = readiness.watch((isReady) => told.push(isReady));

    expect(readiness.isReady()).toBe(false);
    readiness.set(false);
    readiness.set(true);
    readiness.set(true);
    expect(readiness.isReady()).toBe(true);
    stop();
    readiness.set(false);
    expect(told).toEqual([true]);
  });
});
