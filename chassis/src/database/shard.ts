import type { Shard } from "./database.ts";
import { CannotConnect, ConnectionLost, canceledBy, DatabaseReadOnly } from "./database-error.ts";
import { Lease } from "./lease.ts";
import type { Pool } from "./pool.ts";
import type { ReadOnlyMode } from "./read-only-mode.ts";
import { type ReadSources, repeatRead } from "./retry-read.ts";
import type { Rows, Statement } from "./statement.ts";
import { runTransaction } from "./transaction.ts";

/** What a shard is made of. */
export interface ShardOptions extends ReadSources {
  readonly mode: ReadOnlyMode;
}

/** Makes a shard whose rows are all in one database, and maybe in a replica of it. */
export function createShard(options: ShardOptions): Shard {
  const { primary } = options;
  const current = { ...options, replica: undefined };
  return {
    read: (statement, values, signal) =>
      untilAborted(signal, () =>
        repeatRead(options, (pool) => runOne(pool, { statement, values, signal })),
      ),
    readCurrent: (statement, values, signal) =>
      untilAborted(signal, () =>
        repeatRead(current, (pool) => runOne(pool, { statement, values, signal })),
      ),
    query: (statement, values, signal) =>
      untilAborted(signal, () =>
        write(options, () => runOne(primary, { statement, values, signal })),
      ),
    transaction: (body, signal) =>
      untilAborted(signal, (onCommit) =>
        write(options, () => runTransaction(primary, { body, signal, onCommit })),
      ),
  };
}

interface OneStatement {
  readonly statement: Statement;
  readonly values: readonly unknown[] | undefined;
  readonly signal: AbortSignal | undefined;
}

async function runOne<Row>(
  pool: Pool,
  { statement, values, signal }: OneStatement,
): Promise<Rows<Row>> {
  const lease = await Lease.from(pool, signal);
  try {
    return await lease.query(statement, values);
  } finally {
    lease.release();
  }
}

/** Refuses what would be refused, and tells the monitor what a write finds out. */
async function write<Result>(
  { monitor, mode }: ShardOptions,
  run: () => Promise<Result>,
): Promise<Result> {
  mode.check();
  try {
    return await run();
  } catch (error) {
    if (error instanceof CannotConnect) {
      monitor.report("unreachable");
      throw new DatabaseReadOnly(error.message, { cause: error });
    }
    if (error instanceof DatabaseReadOnly) monitor.report("read-only");
    if (error instanceof ConnectionLost) monitor.suspect();
    throw error;
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
