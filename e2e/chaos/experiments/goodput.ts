import { isWorse } from "#chaos/load/answer-class.ts";
import type { Sample } from "#chaos/load/open-loop.ts";

/** The timeout of a write. A later answer is of no use to anybody. */
export const PATIENCE_MS = 3_000;

/** A span of time, by the clock of `performance.now()`. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Whether an answer came in time and was neither a refusal nor a failure. */
export function isServed({ class: answer, intendedMs, endedMs }: Sample): boolean {
  return isWorse("refused", answer) && endedMs - intendedMs <= PATIENCE_MS;
}

/** Goodput: the good answers that came in the span, per second. */
export function goodputIn(samples: readonly Sample[], { fromMs, toMs }: Span): number {
  const came = samples.filter(({ endedMs }) => endedMs >= fromMs && endedMs < toMs);
  return (came.filter(isServed).length * 1_000) / (toMs - fromMs);
}

/**
 * Returns the share of the requests scheduled in the span that was served; 1 if there were none.
 */
export function servedShare(samples: readonly Sample[], { fromMs, toMs }: Span): number {
  const intended = samples.filter(({ intendedMs }) => intendedMs >= fromMs && intendedMs < toMs);
  return intended.length === 0 ? 1 : intended.filter(isServed).length / intended.length;
}

/** Returns the p99 of the latency from the intended start, in milliseconds; 0 if there are none. */
export function latencyP99(samples: readonly Sample[]): number {
  const latencies = samples.map(({ intendedMs, endedMs }) => endedMs - intendedMs);
  latencies.sort((left, right) => left - right);
  return latencies[Math.max(0, Math.ceil(latencies.length * 0.99) - 1)] ?? 0;
}
