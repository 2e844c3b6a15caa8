import { runWithTimeout } from "./run-with-timeout.ts";

describe("runWithTimeout", () => {
  test("says that it ended in time", async () => {
    expect(await runWithTimeout(async () => {}, 60_000)).toBe(true);
  });

  test("aborts what takes too long, and does not wait for it", async () => {
    let reason: unknown;
    const run = (signal: AbortSignal) => {
      signal.addEventListener("abort", () => {
        reason = signal.reason;
      });
      return new Promise<void>(() => {});
    };
    expect(await runWithTimeout(run, 1)).toBe(false);
    expect(reason).toEqual(new Error("the 1 ms for it are over"));
  });

  test("throws what it throws", async () => {
    const run = () => Promise.reject(new Error("stuck"));
    await expect(runWithTimeout(run, 60_000)).rejects.toThrow("stuck");
  });
});
