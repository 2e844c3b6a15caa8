import type { ReadOnlySwitch } from "#database/read-only-mode.ts";
import type { Router } from "#rpc/server/router.ts";
import type { Metrics } from "#telemetry/metrics.ts";

/**
 * A service with its parts joined, which listens to nothing. A process, the monolith and the tests
 * use it alike.
 */
export interface ServiceApp {
  /** The service's short name: `users`. */
  readonly name: string;
  /** Answers its calls, whatever the transport. */
  readonly router: Router;
  /** What it counts. */
  readonly metrics: Metrics;
  /** Refuses writes for as long as an operator wants it. */
  readonly readOnly: ReadOnlySwitch;
  /**
   * Brings its database up to date. Tries again until the database is there, or the signal fires.
   */
  prepare(signal: AbortSignal): Promise<void>;
  /** Gives its connections back. */
  close(): Promise<void>;
}
