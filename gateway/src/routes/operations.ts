import { Type } from "typebox";
import type { ApiServer } from "#http/api-server.ts";

/** The dependencies of the routes for operators. */
export interface OperationsDependencies {
  /** Readiness, which does not depend on other services. */
  readonly isReady: () => boolean;
}

const Text = Type.String({ description: "Plain text." });

/**
 * Adds the health checks, without a token and without a rate limit. The operations port has them
 * too, beside the metrics, which are not for every client: to render them takes long.
 */
export function operationsRoutes(server: ApiServer, { isReady }: OperationsDependencies): void {
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
}
