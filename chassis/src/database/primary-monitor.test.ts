import { DatabaseUnavailable } from "./database-error.ts";
import { PrimaryMonitor, type PrimaryState } from "./primary-monitor.ts";

/** A monitor whose probes have these answers, one after the other, and the states it reports. */
function monitorOf(...answers: readonly (PrimaryState | Error)[]) {
  const states: PrimaryState[] = [];
  const left = [...answers];
  const done = Promise.withResolvers<void>();
  const monitor = new PrimaryMonitor({
    probe: async () => {
      const answer = left.shift();
      if (left.length === 0) setImmediate(done.resolve); // by then the monitor has received it
      if (answer === "writable" || answer === "read-only") return answer;
      throw answer instanceof Error ? answer : new Error("connect ECONNREFUSED");
    },
    onChange: (state) => states.push(state),
  });
  return { monitor, states, done: done.promise };
}

describe("a primary's monitor", () => {
  test("probes an unreachable primary until it accepts writes, and reports each change once", async () => {
    const { monitor, states, done } = monitorOf(
      "unreachable",
      "read-only",
      "read-only",
      "writable",
    );
    monitor.report("unreachable");
    monitor.report("unreachable");
    await done;
    await monitor.untilReachable();
    expect(states).toEqual(["unreachable", "read-only", "writable"]);
    expect(monitor.state).toBe("writable");
  });

  test("lets reads go on as soon as the primary answers, also if it is read-only", async () => {
    const { monitor, states } = monitorOf("read-only", "writable");
    monitor.report("unreachable");
    await monitor.untilReachable();
    expect(states).toEqual(["unreachable", "read-only"]);
    monitor.close();
  });

  test("reports no change if a suspicion proves wrong", async () => {
    const { monitor, states, done } = monitorOf("writable");
    monitor.suspect();
    await done;
    expect(states).toEqual([]);
  });

  test("finds out after a suspicion that the primary is unreachable", async () => {
    const { monitor, states, done } = monitorOf("unreachable", "writable");
    monitor.suspect();
    await done;
    await monitor.untilReachable();
    expect(states).toEqual(["unreachable", "writable"]);
  });

  test("does not count a server that lacks connections as unreachable", async () => {
    const full = Object.assign(new Error("EMFILE: too many open files"), { code: "EMFILE" });
    const { monitor, states, done } = monitorOf(full);
    monitor.suspect();
    await done;
    expect(states).toEqual([]);
    expect(monitor.state).toBe("writable");
  });

  test("lets no read wait longer than a restart takes", async () => {
    const { monitor } = monitorOf();
    monitor.report("unreachable");
    await expect(monitor.untilReachable()).rejects.toThrow(DatabaseUnavailable);
    monitor.close();
  });
});
