import type { Logger } from "@triptych/chassis/telemetry/logger";
import type { Metrics } from "@triptych/chassis/telemetry/metrics";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type RouteMeter, RouteMeters } from "./route-meters.ts";

/** The status logged for a client that left before its answer: nginx's number for it. */
const STATUS_CLIENT_LEFT = 499;
const NO_ROUTE = "none";
/** Machines request these every few seconds: logged at debug level. */
const QUIET_ROUTES: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);

declare module "fastify" {
  interface FastifyContextConfig {
    /** Set when the route is made. */
    readonly meter?: RouteMeter;
  }
}

/** Logs and measures requests. */
export interface AccessLog {
  /** Returns the meter of a route, for its `config`. */
  meterOf(route: string): RouteMeter;
  /** Logs and measures a request once, when it has ended, however it ended. */
  record(request: FastifyRequest, reply: FastifyReply): void;
}

/** Creates the log of a server's requests. */
export function createAccessLog(logger: Logger, metrics: Metrics): AccessLog {
  const meters = new RouteMeters(metrics);
  const unrouted = meters.of(NO_ROUTE);

  return {
    meterOf: (route) => meters.of(route),

    record({ id: requestId, method, state }, { raw }) {
      const ms = performance.now() - state.startMs;
      const meter = state.config.meter ?? unrouted;
      const { route } = meter;
      const status = raw.writableFinished ? raw.statusCode : STATUS_CLIENT_LEFT;
      meter.record(method, status, ms);
      const level = QUIET_ROUTES.has(route) ? "debug" : "info";
      const line = { requestId, method, route, status, ms: Math.round(ms * 1000) / 1000 };
      logger[level](line, "request");
    },
  };
}
