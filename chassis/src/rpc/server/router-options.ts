import type { FailurePolicySwitch } from "#contract/method-policy.ts";
import type { Authenticate } from "#identity/authenticate.ts";
import type { Logger } from "#telemetry/logger.ts";
import type { Metrics } from "#telemetry/metrics.ts";
import type { FailureOf } from "./to-rpc-error.ts";

/** What a router needs besides its handlers. */
export interface RouterOptions {
  /** Finds out on whose behalf a call is made. */
  readonly authenticate: Authenticate;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly failurePolicy: FailurePolicySwitch;
  /**
   * Translates an outage of what the handlers use, such as their database, into a status. Without
   * it every such error is INTERNAL.
   */
  readonly failureOf?: FailureOf;
  /**
   * Rejects if what every call needs, the database, does not answer within so many milliseconds.
   */
  readonly probe?: (timeoutMs: number) => Promise<void>;
  /** Says whether writes are refused now. */
  readonly isReadOnly?: () => boolean;
}
