import type { Sample } from "#chaos/load/open-loop.ts";

/** What happened when, by the clock of `performance.now()`. */
export interface Timeline {
  readonly faultMs: number;
  /** From then on nobody should be surprised by the fault any more. */
  readonly steadyMs: number;
  /** The fault began to be taken away. */
  readonly liftMs: number;
  /** The part was back. */
  readonly backMs: number;
}

/** Before the fault; while it is met; while it is known; after the part's return. */
export type Phase = "calm" | "onset" | "steady" | "recovery";

/**
 * Tells when a request met the fault: one that was under way when the phase changed belongs to the
 * later one.
 */
export function phaseOf({ intendedMs, endedMs }: Sample, timeline: Timeline): Phase {
  if (endedMs < timeline.faultMs) return "calm";
  if (intendedMs < timeline.steadyMs) return "onset";
  return intendedMs < timeline.backMs ? "steady" : "recovery";
}

/**
 * How long after the part's return answers were worse than full, in milliseconds; 0 if none was.
 */
export function recoveryMs(samples: readonly Sample[], { backMs }: Timeline): number {
  const late = samples.filter((one) => one.intendedMs >= backMs && one.class !== "full");
  return late.reduce((last, { intendedMs }) => Math.max(last, intendedMs - backMs), 0);
}

/**
 * The latency, from the intended start, that so large a part of the samples did not exceed; 0 if
 * there are none.
 */
export function latencyQuantile(samples: readonly Sample[], part: number): number {
  const latencies = samples.map(({ intendedMs, endedMs }) => endedMs - intendedMs);
  latencies.sort((left, right) => left - right);
  return latencies[Math.max(0, Math.ceil(latencies.length * part) - 1)] ?? 0;
}
