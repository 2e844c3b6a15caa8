import { status } from "@grpc/grpc-js";
import CircuitBreaker from "opossum";
import { RpcError } from "#contract/rpc-error.ts";
import { judge } from "#contract/verdict.ts";
import type { BreakerState } from "#telemetry/breaker-state.ts";
import { createLogger } from "#telemetry/logger.ts";
import { eventually } from "#testing/eventually.ts";
import { Breaker } from "./breaker.ts";

/** Runs a call as a client does: past the breaker, which is then told of its outcome. */
async function run<T>(breaker: Breaker, call: () => Promise<T>, isCutShort = false): Promise<T> {
  const refused = breaker.refusal();
  if (refused !== undefined) throw refused;
  const startMs = performance.now();
  const isProbe = breaker.begin();
  try {
    const result = await call();
    breaker.end("good", isProbe, startMs);
    return result;
  } catch (thrown) {
    breaker.end(judge(thrown, isCutShort).health, isProbe, startMs);
    throw thrown;
  }
}

const TIMEOUT_MS = 1_234;
const fail = (code: status) => () => Promise.reject(new RpcError(code, "no"));
const unavailable = fail(status.UNAVAILABLE);

describe("a breaker", () => {
  let states: BreakerState[];
  let breaker: Breaker;
  let isServing: boolean;
  /** For each health check, how long it was waited for. */
  let healthChecks: number[];
  let hasAnsweredOthers: boolean;

  beforeEach(() => {
    states = [];
    isServing = false;
    healthChecks = [];
    hasAnsweredOthers = false;
    breaker = new Breaker("callee", "a.v1.A/Do", {
      timeoutMs: TIMEOUT_MS,
      logger: createLogger({ service: "test", level: "silent" }),
      observe: ({ state }) => states.push(state),
      liveness: {
        hasAnsweredSince: () => hasAnsweredOthers,
        async isServing(timeoutMs) {
          healthChecks.push(timeoutMs);
          return isServing;
        },
      },
    });
  });
  afterEach(() => breaker.close());

  const failTimes = async (times: number, call = unavailable) => {
    for (let count = 0; count < times; count++) await run(breaker, call).catch(() => undefined);
    await settled();
  };
  /** Opens the breaker, as a callee does that is not serving. */
  const open = async () => {
    isServing = false;
    await failTimes(5);
    expect(breaker.state).toBe("open");
  };
  /** Lets the callee serve again, and waits until the breaker has seen it. */
  const comeBack = async () => {
    isServing = true;
    await eventually(async () => breaker.state === "half-open");
  };

  test("stays closed while fewer calls fail than count", async () => {
    await failTimes(2);
    expect(states).toEqual(["closed"]);
    expect(healthChecks).toEqual([]);
  });

  test("opens when calls fail and the callee is not serving, and then sends none", async () => {
    await open();
    let asked = false;
    const refused = run(breaker, async () => {
      asked = true;
    });
    await expect(refused).rejects.toMatchObject({
      code: status.UNAVAILABLE,
      reason: "BREAKER_OPEN",
      retryAfterMs: expect.any(Number),
    });
    expect(asked).toBe(false);
  });

  test("opens after three failures in a row, however many succeeded before", async () => {
    for (let count = 0; count < 50; count++) await run(breaker, async () => {});
    await failTimes(2);
    expect(breaker.state).toBe("closed");
    await failTimes(1);
    expect(breaker.state).toBe("open");
  });

  test("opens when half of the calls fail, with no three in a row", async () => {
    for (let count = 0; count < 3; count++) {
      await run(breaker, async () => {});
      await failTimes(1);
    }
    expect(breaker.state).toBe("open");
  });

  test("stays closed while the callee says that it can work, whatever fails", async () => {
    isServing = true;
    await failTimes(50);
    await failTimes(50, fail(status.DEADLINE_EXCEEDED));
    expect(states).toEqual(["closed"]);
  });

  test("gives the callee's health as long as a call of the method may take", async () => {
    await open();
    expect(new Set(healthChecks)).toEqual(new Set([TIMEOUT_MS]));
  });

  test("stays closed if a later call was answered while the failed ones ran", async () => {
    const late = [1, 2, 3, 4, 5].map(() => Promise.withResolvers<void>());
    const failing = Promise.allSettled(late.map(({ promise }) => run(breaker, () => promise)));
    await new Promise((resolve) => setTimeout(resolve, 2));
    await run(breaker, async () => {});
    for (const { reject } of late) reject(new RpcError(status.DEADLINE_EXCEEDED, "late"));
    await failing;
    await settled();
    expect(states).toEqual(["closed"]);
    expect(healthChecks).toEqual([]);
  });

  test.each([status.NOT_FOUND, status.INVALID_ARGUMENT, status.ABORTED])(
    "counts status %s as an answer, since the callee gave one",
    async (code) => {
      await failTimes(20, fail(code));
      expect(states).toEqual(["closed"]);
      expect(healthChecks).toEqual([]);
    },
  );

  test("counts a defect that one request meets as an answer", async () => {
    const defect = new RpcError(status.INTERNAL, "no", { reason: "INTERNAL" });
    await failTimes(20, () => Promise.reject(defect));
    expect(states).toEqual(["closed"]);
    expect(healthChecks).toEqual([]);
  });

  test("is not opened by calls that were cancelled or shed", async () => {
    await failTimes(20, fail(status.CANCELLED));
    const shed = new RpcError(status.RESOURCE_EXHAUSTED, "no", { reason: "OVERLOADED" });
    await failTimes(20, () => Promise.reject(shed));
    expect(states).toEqual(["closed"]);
  });

  test("is opened by RESOURCE_EXHAUSTED without a reason, which comes from the transport", async () => {
    await failTimes(5, fail(status.RESOURCE_EXHAUSTED));
    expect(states).toEqual(["closed", "open"]);
  });

  test("is not opened by calls that had less time than their policy allows", async () => {
    const late = fail(status.DEADLINE_EXCEEDED);
    for (let count = 0; count < 20; count++) {
      await run(breaker, late, true).catch(() => undefined);
    }
    expect(states).toEqual(["closed"]);
  });

  test("is closed by the third probe that succeeds", async () => {
    await open();
    await comeBack();
    for (const state of ["half-open", "half-open", "closed"]) {
      await expect(run(breaker, async () => "back")).resolves.toBe("back");
      expect(breaker.state).toBe(state);
    }
  });

  test("lets more probes through with each that succeeds, and then all calls", async () => {
    await open();
    await comeBack();
    const slow = Promise.withResolvers<void>();
    const trying: Promise<void>[] = [];
    /** Sends calls until one is refused. Returns how many are on their way. */
    const fill = async () => {
      while (breaker.refusal() === undefined) trying.push(run(breaker, () => slow.promise));
      return trying.length;
    };
    expect(await fill()).toBe(5);
    breaker.end("good", false, performance.now());
    expect(await fill()).toBe(5); // a call from before it opened is no probe
    slow.resolve();
    await Promise.all(trying);
    expect(breaker.state).toBe("closed");
  });

  test("is not held open by probes that fail while the callee can work", async () => {
    await open();
    await comeBack();
    await failTimes(2, fail(status.DEADLINE_EXCEEDED));
    expect(breaker.state).toBe("half-open");
    await failTimes(1, fail(status.DEADLINE_EXCEEDED));
    expect(breaker.state).toBe("closed");
    await failTimes(50, fail(status.DEADLINE_EXCEEDED));
    expect(breaker.state).toBe("closed");
  });

  test("opens again when a probe fails and the callee is not serving", async () => {
    await open();
    await comeBack();
    isServing = false;
    await failTimes(1);
    expect(breaker.state).toBe("open");
  });

  test("lets no probe pass while the callee is not serving", async () => {
    await open();
    const opened = () => states.filter((state) => state === "open").length;
    await eventually(async () => {
      await expect(run(breaker, async () => {})).rejects.toMatchObject({ reason: "BREAKER_OPEN" });
      return opened() >= 3;
    });
    expect(states).not.toContain("half-open");
  });

  test("lets probes pass once the callee has answered a call of another method", async () => {
    await open();
    hasAnsweredOthers = true;
    await eventually(async () => breaker.state === "half-open");
  });

  test("is neither closed nor held open by a probe that its caller cancelled", async () => {
    await open();
    await comeBack();
    await failTimes(5, fail(status.CANCELLED));
    expect(breaker.state).toBe("half-open");
    for (let count = 0; count < 3; count++) await run(breaker, async () => {});
    expect(breaker.state).toBe("closed");
  });

  test("does not count a call from before it opened as a probe", async () => {
    const late = Promise.withResolvers<void>();
    const early = [1, 2, 3].map(() => run(breaker, () => late.promise));
    await open();
    await comeBack();
    late.resolve();
    await Promise.all(early);
    expect(breaker.state).toBe("half-open");
  });

  test("has the same counts as opossum, though no call goes through fire()", async () => {
    const opossum = new CircuitBreaker((outcome: Promise<void>) => outcome, {
      timeout: false,
      volumeThreshold: 100,
      rollingPercentilesEnabled: false,
    });
    for (const isGood of [true, true, false, true, false, true, true]) {
      breaker.end(isGood ? "good" : "bad", breaker.begin(), performance.now());
      const outcome = isGood ? Promise.resolve() : Promise.reject("failed");
      await opossum.fire(outcome).catch(() => undefined);
    }
    await settled();
    expect(breaker.stats).toEqual(opossum.stats);
    expect(breaker.stats).toMatchObject({ fires: 7, successes: 5, failures: 2 });
    opossum.shutdown();
  });
});

/** Waits until what the breaker does after a failure is done. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
