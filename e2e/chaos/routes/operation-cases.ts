import { SERVICES } from "#chaos/system/chaos-targets.ts";
import type { RouteCase } from "./route-case.ts";

/**
 * Cases of operators' routes. They need the gateway only. The status page probes every service, and
 * waits a little for one that hangs.
 */
export const OPERATION_CASES: readonly RouteCase[] = [
  operatorRoute("/healthz", []),
  operatorRoute("/readyz", []),
  operatorRoute("/v1/status", SERVICES),
];

function operatorRoute(path: string, decoratedBy: RouteCase["decoratedBy"]): RouteCase {
  return {
    route: `GET ${path}`,
    weight: 1,
    needs: [],
    decoratedBy,
    call: () => ({ method: "GET", path, expected: [200] }),
  };
}
