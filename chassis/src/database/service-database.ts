import type { FailurePolicySwitch } from "#contract/method-policy.ts";
import type { Logger } from "#telemetry/logger.ts";
import type { Metrics } from "#telemetry/metrics.ts";
import { createDatabase, type Database } from "./database.ts";

/** The options of a service's database. */
interface ServiceDatabaseOptions {
  /** The service's name, shown in pg_stat_activity. */
  readonly name: string;
  readonly url: string;
  /** A read replica, used while the primary is unreachable. */
  readonly replicaUrl?: string;
  readonly poolMax: number;
  readonly failurePolicy: FailurePolicySwitch;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** The limits with the failure policy, and the usual ones without: a long wait, and no retry. */
const LIMITS = {
  // The wait is shorter than the timeout of any write, so that a busy pool is reported as such. A
  // restart costs a read its connection, and one attempt to connect. A read that loses more
  // connections than that may itself be the reason.
  on: { acquireTimeoutMs: 2_000, readAttemptsMax: 4 },
  off: { acquireTimeoutMs: 600_000, readAttemptsMax: 1 },
} as const satisfies Record<FailurePolicySwitch, unknown>;
/** No statement of a request takes longer: a method on rows has 3 s at most. */
const STATEMENT_TIMEOUT_MS = 5_000;

/**
 * Returns a service's database. Its pool has metrics. It logs lost idle connections, and each
 * change of read-only mode.
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
    // The error itself holds the connection with all its state: 4 kB in each line.
    onIdleError: ({ message: detail }) =>
      logger.warn({ detail }, "an idle database connection was lost"),
    onReadOnlyChange: (status) => {
      metrics.readOnly.set({ pool: name }, Number(status.readOnly));
      if (status.readOnly) logger.warn(status, "writes are refused");
      else logger.info(status, "writes are accepted again");
    },
  });
  metrics.readOnly.set({ pool: name }, 0);
  metrics.watchPool(name, () => database.statistics());
  return database;
}
