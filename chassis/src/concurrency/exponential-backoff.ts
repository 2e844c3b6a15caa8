/** The bounds of an exponential backoff. */
interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * Exponential backoff: returns the pause after an attempt, the first of which is 1. It doubles from
 * `firstMs` to `maxMs`.
 */
export function exponentialBackoff({ firstMs, maxMs }: Backoff): (attempt: number) => number {
  return (attempt) => Math.min(firstMs * 2 ** (attempt - 1), maxMs);
}

/**
 * Full jitter: a random part of a pause, so that callers that failed in the same moment do not all
 * return in the same moment.
 */
export function jittered(pauseMs: number): number {
  return Math.random() * pauseMs;
}
