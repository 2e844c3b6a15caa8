import { jittered } from "#concurrency/exponential-backoff.ts";
import { type RetryPolicy, retry } from "#concurrency/retry.ts";
import type { Connection } from "./connection.ts";
import { ConnectionLost, canceledBy, TransactionConflict } from "./database-error.ts";
import { Lease } from "./lease.ts";
import type { Pool } from "./pool.ts";

/** A transaction to run. */
interface TransactionCall<Result> {
  readonly body: (connection: Connection) => Promise<Result>;
  readonly signal: AbortSignal | undefined;
}

const ATTEMPTS_MAX = 4;
/** Spreads two transactions that met, so that they do not meet again. */
const PAUSE_MS_MAX = 20;

/**
 * Runs a transaction, and retries it if another one got in its way, or if its connection was lost
 * before COMMIT was sent: nothing of it was carried out then.
 */
export function runTransaction<Result>(pool: Pool, call: TransactionCall<Result>): Promise<Result> {
  return retry(() => runOnce(pool, call), {
    ...policyFor(call.signal),
    isRetryable: (error) => error instanceof TransactionConflict || error instanceof ConnectionLost,
  });
}

/**
 * Runs one statement, which is a transaction of its own, and retries it if another one got in its
 * way: Postgres has rolled it back.
 */
export function runStatement<Result>(
  run: () => Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  return retry(run, {
    ...policyFor(signal),
    isRetryable: (error) => error instanceof TransactionConflict,
  });
}

function policyFor(signal: AbortSignal | undefined): Omit<RetryPolicy, "isRetryable"> {
  return {
    attemptsMax: ATTEMPTS_MAX,
    delayMs: (attempt) => jittered(PAUSE_MS_MAX * attempt),
    signal,
  };
}

async function runOnce<Result>(
  pool: Pool,
  { body, signal }: TransactionCall<Result>,
): Promise<Result> {
  const lease = await Lease.from(pool, signal);
  try {
    await lease.begin();
    const result = await body(lease);
    if (signal?.aborted) throw canceledBy(signal);
    await lease.commit();
    return result;
  } catch (error) {
    await lease.rollback();
    throw error;
  } finally {
    lease.release();
  }
}
