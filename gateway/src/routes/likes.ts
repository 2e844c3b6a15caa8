import { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import type { Clients } from "#clients/clients.ts";
import { createDegradation } from "#compose/degradation.ts";
import { findSummaries, USER_DECORATION } from "#compose/user-summaries.ts";
import { refuseTags } from "#conditions/write-condition.ts";
import { contextOf, requireUser } from "#guard/calls.ts";
import { waitsFor } from "#guard/route-calls.ts";
import type { ApiServer } from "#http/api-server.ts";
import { NoContent, problems, SIGNED_IN } from "#openapi/answers.ts";
import { IdParameters } from "#schemas/identifier.ts";
import { LikerPage } from "#schemas/images.ts";
import { PageQuery, pageOf } from "#schemas/page.ts";

/** The clients of the routes of likes. */
export type LikeRouteDependencies = Pick<Clients, "users" | "images">;

/** Adds the routes of likes. */
export function likeRoutes(server: ApiServer, dependencies: LikeRouteDependencies): void {
  likeWriteRoutes(server, dependencies);
  likerRoutes(server, dependencies);
}

function likeWriteRoutes(server: ApiServer, { images }: LikeRouteDependencies): void {
  server.put(
    "/v1/images/:id/like",
    {
      config: waitsFor(ImageService.method.likeImage),
      onRequest: requireUser,
      schema: {
        operationId: "likeImage",
        tags: ["likes"],
        summary: "Like an image",
        description: "Liking it again changes nothing.",
        security: SIGNED_IN,
        params: IdParameters,
        response: { 204: NoContent, ...problems("IMAGE_NOT_FOUND", "READ_ONLY") },
      },
    },
    async (request, reply) => {
      await images.likeImage({ id: request.params.id }, contextOf(request));
      return reply.code(204).send();
    },
  );

  server.delete(
    "/v1/images/:id/like",
    {
      config: waitsFor(ImageService.method.unlikeImage),
      onRequest: requireUser,
      schema: {
        operationId: "unlikeImage",
        tags: ["likes"],
        summary: "Stop liking an image",
        description: "Unliking it again changes nothing.",
        security: SIGNED_IN,
        params: IdParameters,
        response: { 204: NoContent, ...problems("IMAGE_NOT_FOUND", "ETAG_MISMATCH", "READ_ONLY") },
      },
    },
    async (request, reply) => {
      refuseTags(request);
      await images.unlikeImage({ id: request.params.id }, contextOf(request));
      return reply.code(204).send();
    },
  );
}

function likerRoutes(server: ApiServer, clients: LikeRouteDependencies): void {
  const { images } = clients;

  server.get(
    "/v1/images/:id/likes",
    {
      config: waitsFor(ImageService.method.listLikes, USER_DECORATION),
      schema: {
        operationId: "listLikes",
        tags: ["likes"],
        summary: "List the users who like an image, newest like first",
        params: IdParameters,
        querystring: PageQuery,
        response: { 200: LikerPage, ...problems("IMAGE_NOT_FOUND") },
      },
    },
    async (request) => {
      const context = contextOf(request);
      const imageId = request.params.id;
      const page = await images.listLikes({ imageId, ...pageOf(request.query) }, context);
      const ids = page.likes.map(({ userId }) => userId);
      const degradation = createDegradation();
      const summaries = await findSummaries(clients, ids, { context, degradation });
      // Users that the users service does not know are left out.
      const users = ids.flatMap((id) => {
        const nameless = { id, handle: null, displayName: null, avatarImageId: null };
        return summaries.unknown.has(id) ? nameless : (summaries.known.get(id) ?? []);
      });
      return { users, nextPageToken: page.nextPageToken || null, ...degradation.members() };
    },
  );
}
