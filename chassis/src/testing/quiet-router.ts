import type { FailurePolicySwitch } from "#contract/method-policy.ts";
import type { Authenticate } from "#identity/authenticate.ts";
import { ANONYMOUS } from "#identity/caller.ts";
import type { Implementation } from "#rpc/server/handlers.ts";
import { createRouter, type Router } from "#rpc/server/router.ts";
import { createLogger } from "#telemetry/logger.ts";
import { createMetrics } from "#telemetry/metrics.ts";

/**
 * Makes a router as every app has it, whose metrics and log nobody reads. Everybody is anonymous if
 * nobody is told apart.
 */
export function quietRouter(
  implementations: readonly Implementation[],
  authenticate: Authenticate = async () => ANONYMOUS,
  failurePolicy: FailurePolicySwitch = "on",
): Router {
  return createRouter(implementations, {
    authenticate,
    logger: createLogger({ service: "test", level: "silent" }),
    metrics: createMetrics({ service: "test" }),
    failurePolicy,
  });
}
