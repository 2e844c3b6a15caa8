import type { Authenticate } from "#identity/authenticate.ts";
import { ANONYMOUS } from "#identity/caller.ts";
import type { Implementation } from "#rpc/server/handlers.ts";
import { createRouter, type Router } from "#rpc/server/router.ts";
import type { RouterOptions } from "#rpc/server/router-options.ts";
import { createLogger } from "#telemetry/logger.ts";
import { createMetrics } from "#telemetry/metrics.ts";

/**
 * Returns a router as every app has it, with unused metrics and a silent log. Every caller is
 * anonymous unless `authenticate` is given.
 */
export function quietRouter(
  implementations: readonly Implementation[],
  authenticate: Authenticate = async () => ANONYMOUS,
  options: Partial<Pick<RouterOptions, "failurePolicy" | "probe">> = {},
): Router {
  return createRouter(implementations, {
    authenticate,
    logger: createLogger({ service: "test", level: "silent" }),
    metrics: createMetrics({ service: "test" }),
    failurePolicy: "on",
    ...options,
  });
}
