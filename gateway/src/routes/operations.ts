import { METRICS_CONTENT_TYPE, renderMetrics } from "@triptych/chassis/operations/render-metrics";
import type { Metrics } from "@triptych/chassis/telemetry/metrics";
import { Type } from "typebox";
import type { ApiServer } from "#http/api-server.ts";

/** The dependencies of the routes for operators. */
export interface OperationsDependencies {
  readonly metrics: Metrics;
  /** Readiness, which does not depend on other services. */
  readonly isReady: () => boolean;
}

const Text = Type.String({ description: "Plain text." });

/** Adds the routes for operators: without a token, and without a rate limit. */
export function operationsRoutes(
  server: ApiServer,
  { metrics, isReady }: OperationsDependencies,
): void {
  server.get(
    "/healthz",
    {
      schema: {
        operationId: "isAlive",
        tags: ["operations"],
        summary: "Alive",
        produces: ["text/plain"],
        response: { 200: Text },
      },
    },
    async (_request, reply) => reply.type("text/plain; charset=utf-8").send("alive\n"),
  );

  server.get(
    "/readyz",
    {
      schema: {
        operationId: "isReady",
        tags: ["operations"],
        summary: "Ready for traffic; does not depend on the other services",
        produces: ["text/plain"],
        response: { 200: Text, 503: Text },
      },
    },
    async (_request, reply) => {
      reply.type("text/plain; charset=utf-8");
      return isReady() ? reply.send("ready\n") : reply.code(503).send("not ready\n");
    },
  );

  server.get(
    "/metrics",
    {
      schema: {
        operationId: "getMetrics",
        tags: ["operations"],
        summary: "Prometheus metrics",
        produces: ["text/plain"],
        response: { 200: Text },
      },
    },
    async (_request, reply) =>
      reply.type(METRICS_CONTENT_TYPE).send(await renderMetrics([metrics])),
  );
}
