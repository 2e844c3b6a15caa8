import type { PoolStatistics } from "#telemetry/pool-metrics.ts";
import { createPool, type PoolOptions } from "./pool.ts";
import { PrimaryMonitor } from "./primary-monitor.ts";
import { createProbe } from "./probe.ts";
import { probePrimary } from "./probe-primary.ts";
import { ReadOnlyMode, type ReadOnlyStatus, type ReadOnlySwitch } from "./read-only-mode.ts";
import { createShard, type Shard } from "./shard.ts";
import type { Statement } from "./statement.ts";

/** A service's database. Holds a pool of connections; opens none before the first query. */
export interface Database {
  /**
   * The shard of a partition key. The only function that knows shards, primary and replica; there
   * is one shard today.
   */
  for(key: string): Shard;
  /**
   * Resolves if reads are answered, by the primary or its replica, within so many milliseconds;
   * else throws DatabaseUnavailable. Callers share one question, and its answer for 100 ms, so it
   * may be asked at every health check.
   */
  probe(timeoutMs: number): Promise<void>;
  /**
   * Resolves if a write would be taken, as far as can be known within so many milliseconds; for
   * what must be taken in before it can be written. Throws DatabaseReadOnly, DatabaseUnavailable.
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

const PROBE = { name: "probe", text: "select 1" } as const satisfies Statement;

/**
 * Makes a database over one pool, or two with a replica. It connects lazily, so a process starts
 * without its database.
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
      // A session that began while the database was read-only may stay so for good.
      if (state === "writable") primary.renew();
      mode.tell();
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
