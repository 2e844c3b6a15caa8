import { ChaosEnvironment } from "#chaos/run/chaos-environment.ts";
import type { Fault } from "#chaos/run/faults.ts";
import { describeWorse, judge, type Worse } from "#chaos/run/judge.ts";
import { onLiveMachine } from "#chaos/run/on-live-machine.ts";
import { phaseOf } from "#chaos/run/phases.ts";
import { relationOf } from "#chaos/run/promises.ts";
import { type FaultRun, type Pace, runFault } from "#chaos/run/run-fault.ts";
import type { Target } from "#chaos/system/chaos-targets.ts";

const TEST_MS_MAX = 180_000;
const WARM_UP_MS = 2_000;
const PACE: Pace = { calmMs: 1_000, faultMs: 4_000, recoveryMs: 2_000, requestsPerSecond: 25 };
/**
 * Shorter than the keepalive timeout (3 s): after it the connection to a frozen process ends, and
 * what waited is answered without the policy too, if a ping was due at the wrong moment.
 */
const PACE_OF_CONTROL: Pace = { ...PACE, faultMs: 2_900 };
/**
 * On a busy machine a decoration sometimes misses its deadline of half a second. Neither that nor
 * the time until the machine has recovered is the fault's; the long form measures the latter.
 */
const WORSE_SHARE_MAX = 0.05;

/**
 * Returns the failed answers. Adds other answers that are worse than promised, outside the
 * recovery, if they are too many for a busy machine.
 */
function failuresOf(run: FaultRun, target: Target, fault: Fault): readonly string[] {
  const worse = judge(run, target, fault).flatMap((cell) => cell.worse);
  const isFailed = ({ sample }: Worse) => sample.class === "failed";
  const others = worse.filter((one) => !isFailed(one) && one.phase !== "recovery");
  const tooMany = others.length > run.samples.length * WORSE_SHARE_MAX;
  return [...worse.filter(isFailed), ...(tooMany ? others : [])].map(describeWorse);
}

describe("faults under load", () => {
  /** The share with the failure policy while users is frozen, for the control arm. */
  let defended = 0;

  describe("with the failure policy", () => {
    let environment: ChaosEnvironment;
    /** Tests that have not passed: the logs say why. */
    let unfinished = 0;

    beforeAll(async () => {
      environment = await ChaosEnvironment.open({ replicas: 1, failurePolicy: "on" }, WARM_UP_MS);
    }, TEST_MS_MAX);
    afterAll(() => environment.close({ keepData: unfinished > 0 }), TEST_MS_MAX);

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
        const ledgerViolations: string[] = [];
        unfinished += 1;
        const run = await onLiveMachine(async () => {
          const played = await runFault(environment, { target, fault }, PACE);
          ledgerViolations.push(...played.ledgerViolations);
          const { folder } = environment.system;
          expect({ violations: failuresOf(played, target, fault), folder }).toEqual({
            violations: [],
            folder,
          });
          return played;
        });
        expect(ledgerViolations).toEqual([]);
        expect(run.acknowledgedCount).toBeGreaterThan(0);
        unfinished -= 1;
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
      "users frozen, without the failure policy: decorated routes wait for its return",
      async () => {
        const run = await runFault(
          environment,
          { target: "users", fault: "frozen" },
          PACE_OF_CONTROL,
        );
        expect(shareAnsweredMeanwhile(run)).toBeLessThan(defended / 2);
        expect(run.ledgerViolations).toEqual([]);
      },
      TEST_MS_MAX,
    );
  });
});

/** An answer that is late by this time did not wait for the part's return. */
const GRACE_MS = 1_000;

/**
 * Returns the share of requests, of 1, that were answered while users was away, on routes that
 * users decorates.
 */
function shareAnsweredMeanwhile({ samples, timeline }: FaultRun): number {
  const asked = samples
    .filter((sample) => relationOf(sample.case, "users") === "decorated by")
    .filter((sample) => phaseOf(sample, timeline) === "steady")
    .filter((sample) => sample.intendedMs < timeline.liftMs - GRACE_MS);
  const answered = asked.filter(({ endedMs }) => endedMs < timeline.liftMs);
  return answered.length / asked.length;
}
