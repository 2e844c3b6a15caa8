import type { FailurePolicySwitch } from "#contract/method-policy.ts";
import type { Logger } from "#telemetry/logger.ts";
import type { Metrics } from "#telemetry/metrics.ts";
import { createDatabase, type Database } from "./database.ts";

/** How a service reaches its own database, and who is told. */
interface ServiceDatabaseOptions {
  /** The service's name, as Postgres shows it. */
  readonly name: string;
  readonly url: string;
  /** A replica, which answers reads while the database itself is unreachable. */
  readonly replicaUrl?: string;
  readonly poolMax: number;
  readonly failurePolicy: FailurePolicySwitch;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/**
 * What the failure policy allows, and what is usual without one: to wait for a connection for ever,
 * and to do nothing twice.
 */
const LIMITS = {
  // Shorter than any write may take, so that a full pool is told as such; a read has less time. A
  // restart costs a read its connection, then one attempt to connect; what ends more connections
  // than that may be the read itself.
  on: { acquireTimeoutMs: 2_000, readAttemptsMax: 4 },
  off: { acquireTimeoutMs: 600_000, readAttemptsMax: 1 },
} as const satisfies Record<FailurePolicySwitch, unknown>;
/** No statement of a request takes longer; the longest method of a row has 3 s. */
const STATEMENT_TIMEOUT_MS = 5_000;

/**
 * Makes a service's database, which measures its pool, and reports the connections that die and
 * whether it takes writes.
 */
export function createServiceDatabase(options: ServiceDatabaseOptions): Database {
  const { name, metrics, logger } = options;
  const database = createDatabase({
    url: options.url,
    replicaUrl: options.replicaUrl,
    applicationName: name,
    poolMax: options.poolMax,
    ...LIMITS[options.failurePolicy],
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    onAcquire: (seconds) => metrics.poolAcquire.observe({ pool: name }, seconds),
    // The error itself holds the connection, with all that it was told: 4 kB in each line.
    onIdleError: ({ message: detail }) =>
      logger.warn({ detail }, "an idle database connection died"),
    onReadOnlyChange: (status) => {
      metrics.readOnly.set({ pool: name }, Number(status.readOnly));
      if (status.readOnly) logger.warn(status, "writes are refused");
      else logger.info(status, "writes are taken again");
    },
  });
  metrics.readOnly.set({ pool: name }, 0);
  metrics.watchPool(name, () => database.statistics());
  return database;
}
