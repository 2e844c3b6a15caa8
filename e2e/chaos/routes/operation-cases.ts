import type { RouteCase } from "./route-case.ts";

/** What operators ask. It takes nobody but the gateway. */
export const OPERATION_CASES: readonly RouteCase[] = [
  "/healthz",
  "/readyz",
  "/metrics",
  "/v1/status",
].map((path) => ({
  route: `GET ${path}`,
  weight: 1,
  needs: [],
  decoratedBy: [],
  call: () => ({ method: "GET", path, expected: [200] }),
}));
