import type { ReadOnlySwitch } from "#database/read-only-mode.ts";
import type { Router } from "#rpc/server/router.ts";
import type { Metrics } from "#telemetry/metrics.ts";

/**
 * A service with its parts joined. It does not listen: a process, the monolith and the tests serve
 * it, each in its own way.
 */
export interface ServiceApp {
  /** The service's short name: `users`. */
  readonly name: string;
  /** Answers the service's calls, over any transport. */
  readonly router: Router;
  /** The service's metrics. */
  readonly metrics: Metrics;
  /** The operator's switch that refuses writes. */
  readonly readOnly: ReadOnlySwitch;
  /** Migrates the database. Retries until it is reachable or the signal fires. */
  prepare(signal: AbortSignal): Promise<void>;
  /** Compiles code and opens connections by calls to itself, once it is prepared. Never fails. */
  warmUp(signal: AbortSignal): Promise<void>;
  /** Closes the connections. */
  close(): Promise<void>;
}
