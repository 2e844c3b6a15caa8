import { setTimeout as delay } from "node:timers/promises";
import type { Connection } from "./connection.ts";
import { ConnectionLost, canceledBy, isSerializationFailure } from "./database-error.ts";
import { Lease } from "./lease.ts";
import type { Pool } from "./pool.ts";

/** What a transaction is made of. */
export interface TransactionCall<Result> {
  readonly body: (connection: Connection) => Promise<Result>;
  readonly signal: AbortSignal | undefined;
  /** Called when the COMMIT is about to be sent: from then on the signal no longer counts. */
  readonly onCommit: () => void;
}

const ATTEMPTS_MAX = 4;
/** Spreads two transactions that met, so that they do not meet again. */
const PAUSE_MS_MAX = 20;

/**
 * Runs a transaction, and runs it again if another got in its way, or its connection was lost
 * before the COMMIT was sent, so that nothing of it can have been carried out.
 */
export async function runTransaction<Result>(
  pool: Pool,
  call: TransactionCall<Result>,
): Promise<Result> {
  const { signal } = call;
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(pool, call);
    } catch (error) {
      const isUndone = isSerializationFailure(error) || error instanceof ConnectionLost;
      if (!isUndone || signal?.aborted || attempt >= ATTEMPTS_MAX) throw error;
      await delay(Math.random() * PAUSE_MS_MAX * attempt);
    }
  }
}

async function runOnce<Result>(
  pool: Pool,
  { body, signal, onCommit }: TransactionCall<Result>,
): Promise<Result> {
  const lease = await Lease.from(pool, signal);
  try {
    await lease.begin();
    const result = await body(lease);
    if (signal?.aborted) throw canceledBy(signal);
    onCommit();
    await lease.commit();
    return result;
  } catch (error) {
    await lease.rollback();
    throw error;
  } finally {
    lease.release();
  }
}
