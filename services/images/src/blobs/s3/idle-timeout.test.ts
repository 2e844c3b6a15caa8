import { once } from "node:events";
import { createWatchdog } from "./idle-timeout.ts";

const LONG_MS = 60_000;

describe("a watchdog", () => {
  test("fires when nothing moves, and not while nothing is waited for", async () => {
    using watchdog = createWatchdog(10);
    using resting = createWatchdog(10);
    resting.rest();
    await once(watchdog.signal, "abort");
    expect(watchdog.signal.reason).toEqual(new Error("nothing came for 10 ms"));
    expect(resting.signal.aborted).toBe(false);
    resting.touch();
    await once(resting.signal, "abort");
  });

  test("fires when its caller gives up", () => {
    const caller = new AbortController();
    using watchdog = createWatchdog(LONG_MS, caller.signal);
    caller.abort("enough");
    expect(watchdog.signal.reason).toBe("enough");
  });

  test("leaves no timer, whatever still moves in the end", () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout");
    const before = timers().length;
    const watchdog = createWatchdog(LONG_MS);
    watchdog.touch();
    expect(timers().length).toBe(before + 1);
    watchdog[Symbol.dispose]();
    watchdog.touch();
    expect(timers().length).toBe(before);
    expect(watchdog.signal.aborted).toBe(true);
  });
});
