import type { ApiServer } from "#http/api-server.ts";

/** Adds the OpenAPI document, which is made from the routes' schemas. */
export function openApiRoutes(server: ApiServer): void {
  server.get("/openapi.json", { schema: { hide: true } }, async (_request, reply) =>
    reply.header("cache-control", "no-cache").send(server.swagger()),
  );
}
