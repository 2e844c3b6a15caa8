import type { Metrics } from "@triptych/chassis/telemetry/metrics";
import type { FastifyReply, FastifyRequest } from "fastify";

/** The status logged for a client that left before its answer: nginx's number for it. */
const STATUS_CLIENT_LEFT = 499;
const NO_ROUTE = "none";
/** A client may send some 30 other methods, and each would have series of its own. */
const METHODS: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
]);
const OTHER_METHOD = "other";
/** Machines request these every few seconds: logged at debug level. */
const QUIET_ROUTES: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);

/** Logs and measures a request once, when it ends, however it ends. */
export function recordRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  metrics: Metrics,
): void {
  const startMs = performance.now();
  reply.raw.once("close", () => {
    const ms = performance.now() - startMs;
    const route = request.routeOptions.url ?? NO_ROUTE;
    const status = reply.raw.writableFinished ? reply.raw.statusCode : STATUS_CLIENT_LEFT;
    const { method } = request;
    const labels = { method: METHODS.has(method) ? method : OTHER_METHOD, route };
    metrics.http.observe(labels, ms / 1000);
    metrics.httpRequests.inc({ ...labels, status: String(status) });
    const level = QUIET_ROUTES.has(route) ? "debug" : "info";
    request.log[level]({ method, route, status, ms: Math.round(ms * 1000) / 1000 }, "request");
  });
}
