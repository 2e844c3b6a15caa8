import { setTimeout as delay } from "node:timers/promises";
import type { Connection, Shard } from "./database.ts";
import { isSerializationFailure } from "./database-error.ts";
import { canceledBy, Lease } from "./lease.ts";
import type { Pool } from "./pool.ts";

const TRANSACTION_ATTEMPTS_MAX = 4;
/** Spreads two transactions that met, so that they do not meet again. */
const RETRY_DELAY_MS_MAX = 20;

/** Makes a shard whose rows are all behind one pool. */
export function createShard(pool: Pool): Shard {
  return {
    query: (statement, values, signal) =>
      untilAborted(signal, async () => {
        const lease = await Lease.from(pool, signal);
        try {
          return await lease.query(statement, values);
        } finally {
          lease.release();
        }
      }),
    transaction: (body, signal) =>
      untilAborted(signal, async (disarm) => {
        for (let attempt = 1; ; attempt++) {
          try {
            return await runTransaction(pool, body, { signal, disarm });
          } catch (error) {
            if (!isSerializationFailure(error) || attempt >= TRANSACTION_ATTEMPTS_MAX) throw error;
            await delay(Math.random() * RETRY_DELAY_MS_MAX * attempt);
          }
        }
      }),
  };
}

async function runTransaction<Result>(
  pool: Pool,
  body: (connection: Connection) => Promise<Result>,
  call: { readonly signal: AbortSignal | undefined; readonly disarm: () => void },
): Promise<Result> {
  const lease = await Lease.from(pool, call.signal);
  try {
    await lease.begin();
    const result = await body(lease);
    if (call.signal?.aborted) throw canceledBy(call.signal);
    call.disarm();
    await lease.commit();
    return result;
  } catch (error) {
    await lease.rollback();
    throw error;
  } finally {
    lease.release();
  }
}

/**
 * Rejects as soon as the signal fires, while `run` goes on to cancel its query and to clear up behind itself. After
 * `disarm` the signal no longer counts.
 */
function untilAborted<Result>(
  signal: AbortSignal | undefined,
  run: (disarm: () => void) => Promise<Result>,
): Promise<Result> {
  if (signal === undefined) return run(() => {});
  if (signal.aborted) return Promise.reject(canceledBy(signal));
  return new Promise((resolve, reject) => {
    const abort = () => reject(canceledBy(signal));
    const disarm = () => signal.removeEventListener("abort", abort);
    signal.addEventListener("abort", abort, { once: true });
    void run(disarm).then(resolve, reject).finally(disarm);
  });
}
