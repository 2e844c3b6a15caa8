import type { ApiServer } from "#http/api-server.ts";
import { problems } from "#openapi/answers.ts";
import { SystemStatus } from "#schemas/status.ts";
import type { StatusBoard } from "#status/status-board.ts";

/** Adds the route that reports the state of every service. */
export function statusRoutes(server: ApiServer, { board }: { readonly board: StatusBoard }): void {
  server.get(
    "/v1/status",
    {
      schema: {
        operationId: "getStatus",
        tags: ["operations"],
        summary: "Get the state of every service, as the gateway sees it",
        response: { 200: SystemStatus, ...problems() },
      },
    },
    async () => ({ services: [...(await board.read())] }),
  );
}
