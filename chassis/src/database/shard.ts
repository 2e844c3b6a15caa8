import type { Connection } from "./connection.ts";
import { CannotConnect, ConnectionLost, canceledBy, DatabaseReadOnly } from "./database-error.ts";
import { Lease } from "./lease.ts";
import type { Pool } from "./pool.ts";
import type { ReadOnlyMode } from "./read-only-mode.ts";
import { type ReadSources, retryRead } from "./retry-read.ts";
import type { Rows, Statement } from "./statement.ts";
import { runStatement, runTransaction } from "./transaction.ts";

/** A shard: the database with the rows of a partition key, and its read replica. */
export interface Shard {
  /**
   * Runs one statement that changes nothing. It is retried if its connection was lost before the
   * answer, and uses the read replica, if there is one, while the primary is unreachable. When the
   * signal fires, the query is cancelled in Postgres, and the promise rejects when Postgres has
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
   * As `read`, but never on the read replica: for decisions that old data must not make, such as on
   * a password or a session.
   */
  readCurrent<Row>(
    statement: Statement,
    values?: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<Rows<Row>>;
  /**
   * Runs one statement that may change something, on the primary. It is retried if another
   * transaction got in its way, and never after a lost connection: then it is unknown whether it
   * was carried out. Throws what `read` throws, and DatabaseReadOnly.
   */
  write<Row>(
    statement: Statement,
    values?: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<Rows<Row>>;
  /**
   * Runs `body` between BEGIN and COMMIT, and rolls back if it throws. The whole body is retried,
   * up to four attempts, after a serialization failure, a deadlock, or the loss of the connection
   * before COMMIT was sent, so it must have no effect outside the database. Once COMMIT is sent,
   * its result is awaited also if the signal fires, and it is never retried. Throws what `write`
   * throws.
   */
  transaction<Result>(
    body: (connection: Connection) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result>;
}

/** The parts of a shard. */
interface ShardOptions extends ReadSources {
  readonly mode: ReadOnlyMode;
}

/** Returns a shard that is one database, with or without a read replica. */
export function createShard(options: ShardOptions): Shard {
  const { primary } = options;
  const current = { ...options, replica: undefined };
  return {
    read: (statement, values, signal) =>
      retryRead(options, { signal, read: (pool) => runOne(pool, { statement, values, signal }) }),
    readCurrent: (statement, values, signal) =>
      retryRead(current, { signal, read: (pool) => runOne(pool, { statement, values, signal }) }),
    write: (statement, values, signal) =>
      guardWrite(options, {
        signal,
        run: () => runStatement(() => runOne(primary, { statement, values, signal }), signal),
      }),
    transaction: (body, signal) =>
      guardWrite(options, { signal, run: () => runTransaction(primary, { body, signal }) }),
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

interface Write<Result> {
  readonly run: () => Promise<Result>;
  readonly signal: AbortSignal | undefined;
}

/**
 * Refuses writes in read-only mode, and reports to the monitor why a write failed. A caller that
 * has given up receives QueryCanceled, also where its connection had to be dropped for it.
 */
async function guardWrite<Result>(
  { monitor, mode }: ShardOptions,
  { run, signal }: Write<Result>,
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
    if (error instanceof ConnectionLost) {
      monitor.suspect();
      if (signal?.aborted) throw canceledBy(signal);
    }
    throw error;
  }
}
