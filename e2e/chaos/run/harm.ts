import { isWorse } from "#chaos/load/answer-class.ts";
import type { Target } from "#chaos/system/chaos-targets.ts";
import { relationOf } from "./promises.ts";
import type { FaultCase, FaultRun } from "./run-fault.ts";

/** The impact of a known fault on the users of a part. */
interface Harm {
  /** The mean time until an answer of any kind. */
  readonly waitMs: number;
  /** The share of whole answers, of 1; old parts count as whole. */
  readonly wholeShare: number;
}

/**
 * Measures the impact in the second half of the fault, on the routes that use the part. By then all
 * breakers that open have opened.
 */
export function harmOf({ samples, timeline }: FaultRun, target: Target): Harm {
  const { faultMs, liftMs } = timeline;
  const halfMs = (faultMs + liftMs) / 2;
  const own = samples
    .filter((sample) => relationOf(sample.case, target) !== "without")
    .filter(({ intendedMs }) => intendedMs >= halfMs && intendedMs < liftMs);
  const waits = own.map(({ intendedMs, endedMs }) => endedMs - intendedMs);
  const whole = own.filter((sample) => !isWorse(sample.class, "stale"));
  return {
    waitMs: waits.reduce((sum, wait) => sum + wait, 0) / Math.max(1, own.length),
    wholeShare: whole.length / Math.max(1, own.length),
  };
}

/** One fault with the defence and without. */
export interface Comparison extends FaultCase {
  readonly on: Harm;
  readonly off: Harm;
}

const WAIT_RATIO_MIN = 2;
const WHOLE_SHARE_LOST_MIN = 0.1;

/**
 * Whether the fault hurts without the defence: a wait is twice as long, or the share of whole
 * answers is a tenth lower.
 */
export function hurts({ on, off }: Comparison): boolean {
  const waitsLonger = off.waitMs >= WAIT_RATIO_MIN * on.waitMs;
  return waitsLonger || off.wholeShare <= on.wholeShare - WHOLE_SHARE_LOST_MIN;
}
