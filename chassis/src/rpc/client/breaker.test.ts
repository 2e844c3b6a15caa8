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
  const isProbe = breaker.begin();
  try {
    const result = await call();
    breaker.end("good", isProbe);
    return result;
  } catch (thrown) {
    breaker.end(judge(thrown, isCutShort).health, isProbe);
    throw thrown;
  }
}

const fail = (code: status) => () => Promise.reject(new RpcError(code, "no"));
const unavailable = fail(status.UNAVAILABLE);

describe("a breaker", () => {
  let states: BreakerState[];
  let breaker: Breaker;
  let isServing: boolean;

  beforeEach(() => {
    states = [];
    isServing = true;
    breaker = new Breaker("callee", "a.v1.A/Do", {
      logger: createLogger({ service: "test", level: "silent" }),
      observe: ({ state }) => states.push(state),
      isServing: async () => isServing,
    });
  });
  afterEach(() => breaker.close());

  const failTimes = async (times: number, call = unavailable) => {
    for (let count = 0; count < times; count++) await run(breaker, call).catch(() => undefined);
  };
  const stateBecomes = async (state: BreakerState) => {
    const deadline = Date.now() + 5_000;
    while (states.at(-1) !== state && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(states.at(-1)).toBe(state);
  };

  test("stays closed below the volume threshold", async () => {
    await failTimes(4);
    expect(states).toEqual(["closed"]);
  });

  test("opens when most calls fail, and then refuses calls without sending them", async () => {
    await failTimes(5);
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

  describe("after many calls that succeeded", () => {
    beforeEach(async () => {
      for (let count = 0; count < 50; count++) await run(breaker, async () => {});
    });

    test("opens after three failures in a row if the callee is not serving", async () => {
      isServing = false;
      await failTimes(2);
      await Promise.resolve();
      expect(states).toEqual(["closed"]);
      await failTimes(1);
      await stateBecomes("open");
    });

    test("stays closed while the callee is serving, or one call in three succeeds", async () => {
      await failTimes(20);
      isServing = false;
      await run(breaker, async () => {});
      await failTimes(2);
      await run(breaker, fail(status.NOT_FOUND)).catch(() => undefined);
      await failTimes(2);
      await new Promise((resolve) => setImmediate(resolve));
      expect(states).toEqual(["closed"]);
    });
  });

  test.each([status.NOT_FOUND, status.INVALID_ARGUMENT, status.ABORTED])(
    "counts status %s as an answer, since the callee gave one",
    async (code) => {
      await failTimes(20, fail(code));
      expect(states).toEqual(["closed"]);
    },
  );

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

  test("is closed again by the first call that succeeds after the reset timeout", async () => {
    await failTimes(5);
    await stateBecomes("half-open");
    await expect(run(breaker, async () => "back")).resolves.toBe("back");
    expect(states).toEqual(["closed", "open", "half-open", "closed"]);
  });

  test("lets several probes pass at once, so that a slow one does not delay the others", async () => {
    await failTimes(5);
    await stateBecomes("half-open");
    const slow = Promise.withResolvers<void>();
    const trying = [1, 2, 3, 4].map(() => run(breaker, () => slow.promise));
    await expect(run(breaker, async () => "back")).resolves.toBe("back");
    expect(states.at(-1)).toBe("closed");
    slow.resolve();
    await Promise.all(trying);
  });

  test("bounds the number of probes, and opens again when the first of them fails", async () => {
    await failTimes(5);
    await stateBecomes("half-open");
    const slow = Promise.withResolvers<void>();
    const trying = [1, 2, 3, 4, 5].map(() => run(breaker, () => slow.promise));
    const failed = Promise.allSettled(trying);
    await expect(run(breaker, async () => {})).rejects.toMatchObject({ reason: "BREAKER_OPEN" });
    slow.reject(new RpcError(status.UNAVAILABLE, "no"));
    await failed;
    expect(states.at(-1)).toBe("open");
  });

  test("lets no probe pass while the callee is not serving", async () => {
    isServing = false;
    await failTimes(5);
    const opened = () => states.filter((state) => state === "open").length;
    while (opened() < 3) {
      await expect(run(breaker, async () => {})).rejects.toMatchObject({ reason: "BREAKER_OPEN" });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(states).not.toContain("half-open");
    isServing = true;
    await stateBecomes("half-open");
    await expect(run(breaker, async () => "back")).resolves.toBe("back");
  });

  test("is neither closed nor held open by a probe that its caller cancelled", async () => {
    await failTimes(5);
    await stateBecomes("half-open");
    await run(breaker, fail(status.CANCELLED)).catch(() => undefined);
    expect(states.at(-1)).toBe("half-open");
    await run(breaker, async () => {});
    expect(states.at(-1)).toBe("closed");
  });

  test("does not count a call from before it opened as a probe", async () => {
    const late = Promise.withResolvers<void>();
    const early = run(breaker, () => late.promise);
    await failTimes(9);
    await stateBecomes("half-open");
    late.resolve();
    await early;
    expect(states.at(-1)).toBe("half-open");
  });

  test("has the same counts as opossum, though successes skip fire()", async () => {
    const opossum = new CircuitBreaker((outcome: Promise<void>) => outcome, {
      timeout: false,
      volumeThreshold: 100,
      rollingPercentilesEnabled: false,
    });
    for (const isGood of [true, true, false, true, false, true, true]) {
      breaker.end(isGood ? "good" : "bad", breaker.begin());
      const outcome = isGood ? Promise.resolve() : Promise.reject("failed");
      await opossum.fire(outcome).catch(() => undefined);
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(breaker.stats).toEqual(opossum.stats);
    expect(breaker.stats).toMatchObject({ fires: 7, successes: 5, failures: 2 });
    opossum.shutdown();
  });

  test("counts each probe that succeeds once, so that probes do not dilute the rate", async () => {
    await failTimes(5);
    await stateBecomes("half-open");
    const { rejects } = breaker.stats;
    const probes = [breaker.begin(), breaker.begin(), breaker.begin()];
    expect(probes).toEqual([true, true, true]);
    for (const isProbe of probes) breaker.end("good", isProbe);
    expect(breaker.state).toBe("closed");
    expect(breaker.stats).toMatchObject({ fires: 8, successes: 3, failures: 5, rejects });
  });

  test("is opened by failures through fire(), since emit() alone opens nothing", async () => {
    for (let count = 0; count < 5; count++) breaker.end("bad", breaker.begin());
    await stateBecomes("open");
  });

  test("has one state: open until the callee is serving, and then half-open", async () => {
    const answer = Promise.withResolvers<boolean>();
    let wasAsked = false;
    breaker.close();
    breaker = new Breaker("callee", "a.v1.A/Do", {
      logger: createLogger({ service: "test", level: "silent" }),
      observe: ({ state }) => states.push(state),
      isServing() {
        wasAsked = true;
        return answer.promise;
      },
    });
    await failTimes(5);
    await stateBecomes("open");
    await eventually(async () => wasAsked);
    expect(breaker.state).toBe("open");
    answer.resolve(true);
    await stateBecomes("half-open");
    expect(breaker.state).toBe("half-open");
  });
});
