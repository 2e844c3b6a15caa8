import { isWorse } from "#chaos/load/answer-class.ts";
import type { Target } from "#chaos/system/chaos-targets.ts";
import { relationOf } from "./promises.ts";
import type { FaultCase, FaultRun } from "./run-fault.ts";

/** What a known fault still costs those who use the part. */
interface Harm {
  /** How long one waits for an answer, whatever it is: the mean, in milliseconds. */
  readonly waitMs: number;
  /** How many of 1 are whole, be some of it old. */
  readonly wholeShare: number;
}

/**
 * Measures the harm in the second half of the fault, on the routes that have to do with the part:
 * by then breakers have opened that will.
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
 * Whether it hurts to be without the defence: one waits twice as long, or a tenth of all answers is
 * whole no more.
 */
export function hurts({ on, off }: Comparison): boolean {
  const waitsLonger = off.waitMs >= WAIT_RATIO_MIN * on.waitMs;
  return waitsLonger || off.wholeShare <= on.wholeShare - WHOLE_SHARE_LOST_MIN;
}
