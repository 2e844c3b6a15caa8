import type { Sample } from "#chaos/load/open-loop.ts";

/** The timeline of a run, by the clock of `performance.now()`. */
export interface Timeline {
  readonly faultMs: number;
  /** From then on the fault is known. */
  readonly steadyMs: number;
  /** The fault began to be removed. */
  readonly liftMs: number;
  /** The part was back. */
  readonly backMs: number;
}

/** The phases: before the fault, while it is new, while it is known, after the part's return. */
export type Phase = "calm" | "onset" | "steady" | "recovery";

/**
 * Returns the phase of a request. One that was in flight when the phase changed belongs to the
 * later phase.
 */
export function phaseOf({ intendedMs, endedMs }: Sample, timeline: Timeline): Phase {
  if (endedMs < timeline.faultMs) return "calm";
  if (intendedMs < timeline.steadyMs) return "onset";
  return intendedMs < timeline.backMs ? "steady" : "recovery";
}

/**
 * Returns how long after the part's return answers were worse than full, in milliseconds; 0 if none
 * was.
 */
export function recoveryMs(samples: readonly Sample[], { backMs }: Timeline): number {
  const late = samples.filter((one) => one.intendedMs >= backMs && one.class !== "full");
  return late.reduce((last, { intendedMs }) => Math.max(last, intendedMs - backMs), 0);
}

/**
 * Returns the latency quantile, from the intended start, in milliseconds: this part of the samples
 * did not exceed it. 0 if there are none.
 */
export function latencyQuantile(samples: readonly Sample[], part: number): number {
  const latencies = samples.map(({ intendedMs, endedMs }) => endedMs - intendedMs);
  latencies.sort((left, right) => left - right);
  return latencies[Math.max(0, Math.ceil(latencies.length * part) - 1)] ?? 0;
}
