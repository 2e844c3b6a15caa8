import { endInTime } from "./run-with-timeout.ts";

describe("endInTime", () => {
  it("says that it ended in time", async () => {
    expect(await endInTime(async () => {}, 60_000)).toBe(true);
  });

  it("aborts what takes too long, and does not wait for it", async () => {
    let reason: unknown;
    const run = (signal: AbortSignal) => {
      signal.addEventListener("abort", () => {
        reason = signal.reason;
      });
      return new Promise<void>(() => {});
    };
    expect(await endInTime(run, 1)).toBe(false);
    expect(reason).toEqual(new Error("the 1 ms for it are over"));
  });

  it("throws what it throws", async () => {
    const run = () => Promise.reject(new Error("stuck"));
    await expect(endInTime(run, 60_000)).rejects.toThrow("stuck");
  });
});
