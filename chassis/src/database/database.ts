import type { PoolStatistics } from "#telemetry/pool-metrics.ts";
import { createPool, type PoolOptions } from "./pool.ts";
import { PrimaryMonitor } from "./primary-monitor.ts";
import { createProbe } from "./probe.ts";
import { probePrimary } from "./probe-primary.ts";
import { ReadOnlyMode, type ReadOnlyStatus, type ReadOnlySwitch } from "./read-only-mode.ts";
import { createShard, type Shard } from "./shard.ts";
import type { Statement } from "./statement.ts";

/** A service's database, behind a connection pool that opens nothing before the first query. */
export interface Database {
  /**
   * Returns the shard of a partition key. The only function that knows of shards, the primary and
   * its read replica. There is one shard today.
   */
  for(key: string): Shard;
  /**
   * The health check: resolves if the primary or its read replica answers a read in time, else
   * throws DatabaseUnavailable. Callers share a query, and its result for 100 ms.
   */
  probe(timeoutMs: number): Promise<void>;
  /**
   * Resolves if a write would probably succeed, which is found out in time: for uploads, which are
   * received before they are written. Throws DatabaseReadOnly, DatabaseUnavailable.
   */
  checkWritable(timeoutMs: number): Promise<void>;
  /** The operator's read-only switch, and its state. */
  readonly readOnly: ReadOnlySwitch;
  /** The state of the connection pool of the primary, for metrics. */
  statistics(): PoolStatistics;
  /** Waits for the connections in use, 5 s at most, and closes all. */
  close(): Promise<void>;
}

/** The options of a database. The caller names every limit. */
export interface DatabaseOptions extends PoolOptions {
  /** A read replica, used while the primary is unreachable, with the same limits. */
  readonly replicaUrl?: string;
  /** Attempts of a read whose connections are lost, the first included. */
  readonly readAttemptsMax: number;
  /** Called when writes begin or cease to be refused, or the reason changes. */
  readonly onReadOnlyChange?: (status: ReadOnlyStatus) => void;
}

const PROBE = { name: "probe", text: "select 1" } as const satisfies Statement;

/**
 * Returns a database with one connection pool, or two with a read replica. It connects lazily, so a
 * process starts without its database.
 */
export function createDatabase(options: DatabaseOptions): Database {
  const { url, replicaUrl, applicationName, readAttemptsMax } = options;
  const { onReadOnlyChange = () => {} } = options;
  const primary = createPool(options);
  const replica =
    replicaUrl === undefined ? undefined : createPool({ ...options, url: replicaUrl });
  const monitor = new PrimaryMonitor({
    probe: () => probePrimary(url, applicationName),
    onChange: (state) => {
      // A session that began while the database was read-only may stay read-only.
      if (state === "writable") primary.renew();
      mode.notify();
    },
  });
  const mode = new ReadOnlyMode(() => monitor.state, onReadOnlyChange);
  const shard = createShard({ primary, replica, monitor, mode, readAttemptsMax });
  const probe = createProbe(async (signal) => {
    await shard.read(PROBE, [], signal);
  });
  return {
    for: () => shard,
    probe,
    async checkWritable(timeoutMs) {
      mode.check();
      await probe(timeoutMs);
    },
    readOnly: mode,
    statistics: () => primary.statistics(),
    async close() {
      monitor.close();
      await Promise.all([primary.close(), replica?.close()]);
    },
  };
}
