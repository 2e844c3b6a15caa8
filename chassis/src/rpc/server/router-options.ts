import type { FailurePolicySwitch } from "#contract/method-policy.ts";
import type { Authenticate } from "#identity/authenticate.ts";
import type { Logger } from "#telemetry/logger.ts";
import type { Metrics } from "#telemetry/metrics.ts";
import type { FailureOf } from "./to-rpc-error.ts";

/** The dependencies of a router, besides its handlers. */
export interface RouterOptions {
  /** Turns the `authorization` header into the caller. Throws if its token is bad. */
  readonly authenticate: Authenticate;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly failurePolicy: FailurePolicySwitch;
  /**
   * Translates an outage of what the handlers use, such as their database, into a status. Without
   * it every such error is INTERNAL.
   */
  readonly failureOf?: FailureOf;
  /** Rejects if the database, which every call needs, does not answer in time. */
  readonly probe?: (timeoutMs: number) => Promise<void>;
  /** Whether writes are refused now. */
  readonly isReadOnly?: () => boolean;
}
