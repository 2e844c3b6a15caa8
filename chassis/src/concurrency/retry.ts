import { setTimeout as delay } from "node:timers/promises";

/** When an operation is retried, and how long before. */
export interface RetryPolicy {
  /** Attempts in all, the first included. May be infinite. */
  readonly attemptsMax: number;
  /**
   * The pause after a failed attempt; the first attempt is 1. See `exponentialBackoff` and
   * `jittered`.
   */
  readonly delayMs: (attempt: number) => number;
  /** Says whether another attempt may succeed where this one failed, and can do no harm. */
  readonly isRetryable: (error: unknown) => boolean;
  /** Once it has fired no other attempt begins, and a pause ends. */
  readonly signal: AbortSignal | undefined;
  /** Called before the pause of each retry. */
  readonly onRetry?: (error: unknown, delayMs: number) => void;
}

/**
 * Runs an operation, and retries it after a pause while its errors allow it. `operation` is called
 * with the attempt's number, the first of which is 1. Throws the error of the last attempt, also
 * when the signal has fired.
 */
export async function retry<Result>(
  operation: (attempt: number) => Promise<Result>,
  { attemptsMax, delayMs, isRetryable, signal, onRetry }: RetryPolicy,
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation(attempt);
    } catch (error) {
      if (attempt >= attemptsMax || signal?.aborted || !isRetryable(error)) throw error;
      const pauseMs = delayMs(attempt);
      onRetry?.(error, pauseMs);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined); // the next line sees it
      if (signal?.aborted) throw error;
    }
  }
}
