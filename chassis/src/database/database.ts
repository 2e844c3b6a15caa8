import { createPing } from "./ping.ts";
import { createPool, type PoolOptions, type PoolStatistics } from "./pool.ts";
import { PrimaryMonitor } from "./primary-monitor.ts";
import { probePrimary } from "./probe-primary.ts";
import { ReadOnlyMode, type ReadOnlyStatus, type ReadOnlySwitch } from "./read-only-mode.ts";
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
   * Runs one statement that changes nothing. It is run again if its connection was lost before the answer, and goes to the replica, if
   * there is one, while the primary is unreachable. When the signal fires the promise rejects at once and the query is cancelled in
   * Postgres. Throws DatabaseUnavailable, QueryCanceled, or Postgres' own error.
   */
  read<Row>(
    statement: Statement,
    values?: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<Rows<Row>>;
  /** As `read`, and never from a replica: for what old data must not decide, such as a password or a session. */
  readCurrent<Row>(
    statement: Statement,
    values?: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<Rows<Row>>;
  /**
   * Runs one statement that may change something, on the primary, and once: if its connection is lost nobody knows whether it was
   * carried out. Throws what `read` throws, and DatabaseReadOnly.
   */
  query<Row>(
    statement: Statement,
    values?: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<Rows<Row>>;
  /**
   * Runs `body` between BEGIN and COMMIT; anything it throws rolls back. After a serialization failure, a deadlock, or the loss of the
   * connection before COMMIT was sent the whole body runs again, a bounded number of times, so it must touch nothing but the database.
   * A COMMIT that was sent is waited for, whatever the signal says, and never sent again. Throws what `query` throws.
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
   * Resolves if reads are answered, by the primary or its replica, within so many milliseconds; else throws DatabaseUnavailable. Callers
   * share one question, and its answer for 100 ms, so it may be asked at every health check.
   */
  ping(timeoutMs: number): Promise<void>;
  /**
   * Resolves if a write would be taken, as far as can be known within so many milliseconds; for what must be taken in before it can be
   * written. Throws DatabaseReadOnly, DatabaseUnavailable.
   */
  checkWritable(timeoutMs: number): Promise<void>;
  /** Whether writes are refused, and the operator's switch for it. */
  readonly readOnly: ReadOnlySwitch;
  /** The connections to the primary now, for metrics. */
  statistics(): PoolStatistics;
  /** Waits for the connections in use, a few seconds at most, and closes all. */
  close(): Promise<void>;
}

/** What a database is made of; every limit is written out by the caller. */
export interface DatabaseOptions extends PoolOptions {
  /** A replica, which answers reads while the primary is unreachable. Same limits. */
  readonly replicaUrl?: string;
  /** How often a read is run at most, if its connections are lost. */
  readonly readAttemptsMax: number;
  /** Told when writes begin or cease to be refused, or the reason changes. */
  readonly onReadOnlyChange?: (status: ReadOnlyStatus) => void;
}

const PING = { name: "ping", text: "select 1" } as const satisfies Statement;

/** Makes a database over one pool, or two with a replica. It connects lazily, so a process starts without its database. */
export function createDatabase(options: DatabaseOptions): Database {
  const { url, replicaUrl, applicationName, readAttemptsMax } = options;
  const { onReadOnlyChange = () => {} } = options;
  const primary = createPool(options);
  const replica =
    replicaUrl === undefined ? undefined : createPool({ ...options, url: replicaUrl });
  const monitor = new PrimaryMonitor({
    probe: () => probePrimary(url, applicationName),
    onChange: (state) => {
      // A session that began while the database was read-only may stay so for good.
      if (state === "writable") primary.renew();
      mode.tell();
    },
  });
  const mode = new ReadOnlyMode(() => monitor.state, onReadOnlyChange);
  const shard = createShard({ primary, replica, monitor, mode, readAttemptsMax });
  const ping = createPing(async (signal) => {
    await shard.read(PING, [], signal);
  });
  return {
    for: () => shard,
    ping,
    async checkWritable(timeoutMs) {
      mode.check();
      await ping(timeoutMs);
    },
    readOnly: mode,
    statistics: () => primary.statistics(),
    async close() {
      monitor.close();
      await Promise.all([primary.close(), replica?.close()]);
    },
  };
}
