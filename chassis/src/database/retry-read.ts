import { jittered } from "#concurrency/exponential-backoff.ts";
import { retry } from "#concurrency/retry.ts";
import {
  CannotConnect,
  ConnectionLost,
  canceledBy,
  DatabaseUnavailable,
} from "./database-error.ts";
import type { Pool } from "./pool.ts";
import type { PrimaryMonitor } from "./primary-monitor.ts";

/** The pools that reads may use. */
export interface ReadSources {
  readonly primary: Pool;
  /**
   * The read replica, used while the primary is unreachable. Undefined if there is none, or old
   * data must not be used.
   */
  readonly replica: Pool | undefined;
  readonly monitor: PrimaryMonitor;
  /** Attempts of a read, the first included. */
  readonly readAttemptsMax: number;
}

/** A read, and until when it is retried. */
interface ReadCall<Result> {
  readonly read: (pool: Pool) => Promise<Result>;
  readonly signal: AbortSignal | undefined;
}

/** Spreads the callers that lost their connections in the same moment. */
const PAUSE_MS_MAX = 50;

/**
 * Runs a read that changes nothing, and retries it if its connection was lost or none could be
 * opened: on the read replica while the primary is unreachable, else on the primary, after it has
 * restarted. Has no deadline of its own: callers stop waiting at theirs. Throws what `read` throws,
 * and DatabaseUnavailable; QueryCanceled in place of a lost connection if the signal has fired.
 */
export function retryRead<Result>(
  { primary, replica, monitor, readAttemptsMax }: ReadSources,
  { read, signal }: ReadCall<Result>,
): Promise<Result> {
  let standIn = replica;
  const attempt = async () => {
    const isAway = monitor.state === "unreachable";
    const pool = isAway && standIn !== undefined ? standIn : primary;
    try {
      if (isAway && standIn === undefined) await monitor.untilReachable();
      return await read(pool);
    } catch (error) {
      if (isConnectionFailure(error)) {
        if (pool !== primary) standIn = undefined;
        else if (error instanceof CannotConnect) monitor.report("unreachable");
        else monitor.suspect();
      }
      if (signal?.aborted && error instanceof DatabaseUnavailable) throw canceledBy(signal);
      throw error;
    }
  };
  return retry(attempt, {
    attemptsMax: readAttemptsMax,
    delayMs: () => jittered(PAUSE_MS_MAX),
    isRetryable: isConnectionFailure,
    signal,
  });
}

function isConnectionFailure(error: unknown): boolean {
  return error instanceof CannotConnect || error instanceof ConnectionLost;
}
