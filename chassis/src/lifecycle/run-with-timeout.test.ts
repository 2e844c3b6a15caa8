import { runWithTimeout } from "./run-with-timeout.ts";

describe("runWithTimeout", () => {
  test("returns true if the operation ends in time", async () => {
    expect(await runWithTimeout(async () => {}, 60_000)).toBe(true);
  });

  test("aborts an operation that takes too long, and does not wait for it", async () => {
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

  test("throws the error of the operation", async () => {
    const run = () => Promise.reject(new Error("stuck"));
    await expect(runWithTimeout(run, 60_000)).rejects.toThrow("stuck");
  });
});
