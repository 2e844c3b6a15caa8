import { Gauge, Histogram, type Registry } from "prom-client";

/**
 * The connections of a pool: all, the idle ones, the callers that wait for one, and the most that
 * there may be.
 */
export interface PoolStatistics {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
  readonly max: number;
}

/** Adds a pool under a name, until the returned function is called. */
export type WatchPool = (name: string, statistics: () => PoolStatistics) => () => void;

/** Metrics of connection pools, which are read at each scrape, and never in between. */
export function poolMetrics(
  registry: Registry,
  buckets: number[],
): {
  readonly poolAcquire: Histogram<"pool">;
  readonly readOnly: Gauge<"pool">;
  readonly watchPool: WatchPool;
} {
  const pools = new Map<string, () => PoolStatistics>();
  const registers = [registry];

  new Gauge({
    name: "database_pool_connections",
    help: "Connections of a pool, by what they do.",
    labelNames: ["pool", "state"] as const,
    registers,
    collect() {
      this.reset();
      for (const [pool, statistics] of pools) {
        const { total, idle } = statistics();
        this.set({ pool, state: "idle" }, idle);
        this.set({ pool, state: "busy" }, total - idle);
      }
    },
  });
  const perPool = (name: string, help: string, read: (statistics: PoolStatistics) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ["pool"] as const,
      registers,
      collect() {
        this.reset();
        for (const [pool, statistics] of pools) {
          this.set({ pool }, read(statistics()));
        }
      },
    });
  perPool("database_pool_connections_max", "The most connections of a pool.", ({ max }) => max);
  perPool("database_pool_waiting", "Callers that wait for a connection.", ({ waiting }) => waiting);

  return {
    poolAcquire: new Histogram({
      name: "database_pool_acquire_seconds",
      help: "The wait for a connection.",
      labelNames: ["pool"] as const,
      buckets,
      registers,
    }),
    readOnly: new Gauge({
      name: "database_read_only",
      help: "1 while writes are refused, since the primary takes none or an operator said so.",
      labelNames: ["pool"] as const,
      registers,
    }),
    watchPool: (name, statistics) => {
      pools.set(name, statistics);
      return () => {
        if (pools.get(name) === statistics) {
          pools.delete(name);
        }
      };
    },
  };
}
