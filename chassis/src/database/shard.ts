import type { Connection } from "./connection.ts";
import { CannotConnect, ConnectionLost, DatabaseReadOnly } from "./database-error.ts";
import { Lease } from "./lease.ts";
import type { Pool } from "./pool.ts";
import type { ReadOnlyMode } from "./read-only-mode.ts";
import { type ReadSources, retryRead } from "./retry-read.ts";
import type { Rows, Statement } from "./statement.ts";
import { runTransaction } from "./transaction.ts";

/** The place where the rows of a key live. */
export interface Shard {
  /**
   * Runs one statement that changes nothing. It is run again if its connection was lost before the
   * answer, and goes to the replica, if there is one, while the primary is unreachable. When the
   * signal fires the query is cancelled in Postgres, and the promise rejects when Postgres has
   * confirmed that, or a second later, when the connection is dropped. A handler's caller does not
   * wait for it: the router stops waiting when the signal fires. Throws DatabaseUnavailable,
   * QueryCanceled, or Postgres' own error.
   */
  read<Row>(
    statement: Statement,
    values?: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<Rows<Row>>;
  /**
   * As `read`, and never from a replica: for what old data must not decide, such as a password or a
   * session.
   */
  readCurrent<Row>(
    statement: Statement,
    values?: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<Rows<Row>>;
  /**
   * Runs one statement that may change something, on the primary, and once: if its connection is
   * lost nobody knows whether it was carried out. Throws what `read` throws, and DatabaseReadOnly.
   */
  write<Row>(
    statement: Statement,
    values?: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<Rows<Row>>;
  /**
   * Runs `body` between BEGIN and COMMIT; anything it throws rolls back. After a serialization
   * failure, a deadlock, or the loss of the connection before COMMIT was sent the whole body runs
   * again, a bounded number of times, so it must touch nothing but the database. A COMMIT that was
   * sent is waited for, whatever the signal says, and never sent again. Throws what `write` throws.
   */
  transaction<Result>(
    body: (connection: Connection) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result>;
}

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
      retryRead(options, { signal, read: (pool) => runOne(pool, { statement, values, signal }) }),
    readCurrent: (statement, values, signal) =>
      retryRead(current, { signal, read: (pool) => runOne(pool, { statement, values, signal }) }),
    write: (statement, values, signal) =>
      guardWrite(options, () => runOne(primary, { statement, values, signal })),
    transaction: (body, signal) =>
      guardWrite(options, () => runTransaction(primary, { body, signal })),
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
async function guardWrite<Result>(
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
