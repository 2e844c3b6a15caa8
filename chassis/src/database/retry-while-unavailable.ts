import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "#telemetry/logger.ts";
import { DatabaseUnavailable } from "./database-error.ts";

/** How long something is tried, and who is told. */
export interface RetryOptions {
  readonly logger: Logger;
  /** Ends the trying. */
  readonly signal: AbortSignal;
  /**
   * After so many milliseconds no other try begins; without it they go on until the signal fires.
   */
  readonly forMs?: number;
}

const RETRY_MS_FIRST = 100;
const RETRY_MS_MAX = 2_000;

/**
 * Runs something once, and again while the database cannot be asked, or is not yet what is asked
 * for. Resolves too when the signal fires, whatever became of the try. Throws what else goes wrong,
 * and the DatabaseUnavailable of the last try when the time is over.
 */
export async function retryWhileUnavailable(
  run: () => Promise<void>,
  { logger, signal, forMs = Number.POSITIVE_INFINITY }: RetryOptions,
): Promise<void> {
  const startMs = performance.now();
  for (let retryMs = RETRY_MS_FIRST; !signal.aborted; ) {
    try {
      return await run();
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof DatabaseUnavailable)) throw error;
      if (performance.now() - startMs > forMs) throw error;
      logger.warn({ detail: error.message, retryMs }, "the database is not ready yet");
    }
    // The signal ends the wait; the loop's condition sees it.
    await delay(retryMs, undefined, { signal }).catch(() => undefined);
    retryMs = Math.min(retryMs * 2, RETRY_MS_MAX);
  }
}
