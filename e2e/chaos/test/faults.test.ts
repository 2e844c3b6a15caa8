import { ChaosEnvironment } from "#chaos/run/chaos-environment.ts";
import type { Fault } from "#chaos/run/faults.ts";
import { describeWorse, judge, type Worse } from "#chaos/run/judge.ts";
import { phaseOf } from "#chaos/run/phases.ts";
import { relationOf } from "#chaos/run/promises.ts";
import { type FaultRun, type Pace, runFault } from "#chaos/run/run-fault.ts";
import type { Target } from "#chaos/system/chaos-targets.ts";

const TEST_MS_MAX = 180_000;
const WARM_UP_MS = 2_000;
const PACE: Pace = { calmMs: 1_000, faultMs: 4_000, recoveryMs: 2_000, requestsPerSecond: 25 };
/**
 * A machine that does other things at the same time loses a decoration now and then, whose deadline
 * is half a second. That is not the fault's; nor is how long the machine takes to come back, which
 * the long form measures.
 */
const WORSE_SHARE_MAX = 0.05;

/**
 * Refusals by a part that is needed are not worse than promised; what is worse and not merely late
 * or bare is a failure.
 */
function failuresOf(run: FaultRun, target: Target, fault: Fault): readonly string[] {
  const worse = judge(run, target, fault).flatMap((cell) => cell.worse);
  const isFailed = ({ sample }: Worse) => sample.class === "failed";
  const others = worse.filter((one) => !isFailed(one) && one.phase !== "recovery");
  const tooMany = others.length > run.samples.length * WORSE_SHARE_MAX;
  return [...worse.filter(isFailed), ...(tooMany ? others : [])].map(describeWorse);
}

describe("faults under load", () => {
  /** With the failure policy, of users frozen; for the control arm. */
  let defended = 0;

  describe("with the failure policy", () => {
    let environment: ChaosEnvironment;
    let keepData = false;

    beforeAll(async () => {
      environment = await ChaosEnvironment.open({ replicas: 1, failurePolicy: "on" }, WARM_UP_MS);
    }, TEST_MS_MAX);
    afterAll(() => environment.close({ keepData }), TEST_MS_MAX);

    test.each([
      ["users", "killed"],
      ["users", "frozen"],
      ["images", "frozen"],
      ["comments", "black-holed"],
      ["images-db", "frozen"],
      ["gateway", "killed"],
    ] as const)(
      "%s %s: nothing is worse than promised, nothing acknowledged is lost or twice",
      async (target, fault) => {
        const run = await runFault(environment, { target, fault }, PACE);
        const violations = [...failuresOf(run, target, fault), ...run.ledgerViolations];
        keepData ||= violations.length > 0; // the logs tell why
        expect({ violations, folder: environment.system.folder }).toEqual({
          violations: [],
          folder: environment.system.folder,
        });
        expect(run.acknowledgedCount).toBeGreaterThan(0);
        if (target === "users" && fault === "frozen") defended = shareAnsweredMeanwhile(run);
      },
      TEST_MS_MAX,
    );
  });

  describe("the control arm, without the failure policy", () => {
    let environment: ChaosEnvironment;

    beforeAll(async () => {
      environment = await ChaosEnvironment.open({ replicas: 1, failurePolicy: "off" }, WARM_UP_MS);
    }, TEST_MS_MAX);
    afterAll(() => environment.close(), TEST_MS_MAX);

    test(
      "users frozen: routes that it only decorates wait for its return",
      async () => {
        const run = await runFault(environment, { target: "users", fault: "frozen" }, PACE);
        expect(shareAnsweredMeanwhile(run)).toBeLessThan(defended / 2);
        expect(run.ledgerViolations).toEqual([]);
      },
      TEST_MS_MAX,
    );
  });
});

/** By so much an answer may be late without having waited for the part's return. */
const GRACE_MS = 1_000;

/**
 * Of the requests to routes that users decorates, how many of 1 were answered while users was away.
 */
function shareAnsweredMeanwhile({ samples, timeline }: FaultRun): number {
  const asked = samples
    .filter((sample) => relationOf(sample.case, "users") === "decorated by")
    .filter((sample) => phaseOf(sample, timeline) === "steady")
    .filter((sample) => sample.intendedMs < timeline.liftMs - GRACE_MS);
  const answered = asked.filter(({ endedMs }) => endedMs < timeline.liftMs);
  return answered.length / asked.length;
}
