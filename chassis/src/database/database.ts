import { DatabaseUnavailable, QueryCanceled } from "./database-error.ts";
import { createPing } from "./ping.ts";
import { createPool, type PoolOptions, type PoolStatistics } from "./pool.ts";
import { createShard } from "./shard.ts";
import type { Rows, Statement } from "./statement.ts";

/** One connection inside a transaction. Its statements run one after another: await each. */
export interface Connection {
  /** Runs a named prepared statement. Throws DatabaseUnavailable, QueryCanceled, or Postgres' own error. */
  query<Row>(statement: Statement, values?: readonly unknown[]): Promise<Rows<Row>>;
  /** Runs SQL that a library wrote (a job queue's insert, in this transaction). Own SQL is a Statement. */
  execute<Row>(text: string, values?: readonly unknown[]): Promise<Rows<Row>>;
}

/** The place where the rows of a key live. */
export interface Shard {
  /**
   * Runs one statement on a connection of its own. When the signal fires the promise rejects at once and the query is
   * cancelled in Postgres. Throws DatabaseUnavailable, QueryCanceled, or Postgres' own error.
   */
  query<Row>(
    statement: Statement,
    values?: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<Rows<Row>>;
  /**
   * Runs `body` between BEGIN and COMMIT; anything it throws rolls back. After a serialization failure or a
   * deadlock the whole body runs again, a bounded number of times, so it must touch nothing but the database.
   * A COMMIT that was sent is waited for, whatever the signal says.
   */
  transaction<Result>(
    body: (connection: Connection) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result>;
}

/** A service's database. Holds a pool of connections; opens none before the first query. */
export interface Database {
  /** The shard of a partition key. The only function that knows shards, primary and replica; there is one shard today. */
  for(key: string): Shard;
  /**
   * Resolves if the database answers within so many milliseconds; else throws DatabaseUnavailable. Callers share one question, and its
   * answer for 100 ms, so it may be asked at every health check.
   */
  ping(timeoutMs: number): Promise<void>;
  /** The pool's connections now, for metrics. */
  statistics(): PoolStatistics;
  /** Waits for the connections in use, a few seconds at most, and closes all. */
  close(): Promise<void>;
}

/** What a database is made of; every limit is written out by the caller. */
export type DatabaseOptions = PoolOptions;

const PING = { name: "ping", text: "select 1" } as const satisfies Statement;

/** Makes a database over one pool. It connects lazily, so a process starts without its database. */
export function createDatabase(options: DatabaseOptions): Database {
  const pool = createPool(options);
  const primary = createShard(pool);
  const database: Database = {
    for: () => primary,
    ping: createPing((signal) => askPrimary(primary, signal)),
    statistics: () => pool.statistics(),
    close: () => pool.close(),
  };
  return database;
}

async function askPrimary(primary: Shard, signal: AbortSignal): Promise<void> {
  try {
    await primary.query(PING, [], signal);
  } catch (error) {
    if (!(error instanceof QueryCanceled)) throw error;
    throw new DatabaseUnavailable("the database did not answer in time", { cause: error });
  }
}
