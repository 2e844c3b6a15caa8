import { exponentialBackoff } from "#concurrency/exponential-backoff.ts";
import { retry } from "#concurrency/retry.ts";
import type { Logger } from "#telemetry/logger.ts";
import { DatabaseUnavailable } from "./database-error.ts";

/** For how long an operation is retried, and where that is logged. */
interface UnavailableOptions {
  readonly logger: Logger;
  /** Ends the retries. */
  readonly signal: AbortSignal;
  /** After this time no retry begins. Without it they go on until the signal fires. */
  readonly forMs?: number;
}

const BACKOFF = { firstMs: 100, maxMs: 2_000 } as const;

/**
 * Runs an operation, and retries it with exponential backoff while the database is unavailable or
 * outdated. Resolves also when the signal fires, whatever the operation did. Throws any other
 * error, and the DatabaseUnavailable of the last attempt when the time is over.
 */
export async function retryWhileUnavailable(
  run: () => Promise<void>,
  { logger, signal, forMs = Number.POSITIVE_INFINITY }: UnavailableOptions,
): Promise<void> {
  if (signal.aborted) return;
  const startMs = performance.now();
  const retried = retry(run, {
    attemptsMax: Number.POSITIVE_INFINITY,
    delayMs: exponentialBackoff(BACKOFF),
    isRetryable: (error) =>
      error instanceof DatabaseUnavailable && performance.now() - startMs <= forMs,
    signal,
    onRetry: (error, retryMs) => {
      const detail = error instanceof Error ? error.message : undefined;
      logger.warn({ detail, retryMs }, "the database is not ready yet");
    },
  });
  await retried.catch((error) => {
    if (!signal.aborted) throw error;
  });
}
