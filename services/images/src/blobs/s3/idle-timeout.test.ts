import { once } from "node:events";
import { createIdleTimeout } from "./idle-timeout.ts";

const LONG_MS = 60_000;

describe("an idle timeout", () => {
  test("fires when no byte moves, and not while it is paused", async () => {
    using idle = createIdleTimeout(10);
    using paused = createIdleTimeout(10);
    paused.pause();
    await once(idle.signal, "abort");
    expect(idle.signal.reason).toEqual(new Error("no byte moved for 10 ms"));
    expect(paused.signal.aborted).toBe(false);
    paused.restart();
    await once(paused.signal, "abort");
  });

  test("fires when its caller gives up", () => {
    const caller = new AbortController();
    using idle = createIdleTimeout(LONG_MS, caller.signal);
    caller.abort("enough");
    expect(idle.signal.reason).toBe("enough");
  });

  test("leaves no timer, though a byte moves after its disposal", () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout");
    const before = timers().length;
    const idle = createIdleTimeout(LONG_MS);
    idle.restart();
    expect(timers().length).toBe(before + 1);
    idle[Symbol.dispose]();
    idle.restart();
    expect(timers().length).toBe(before);
    expect(idle.signal.aborted).toBe(true);
  });
});
