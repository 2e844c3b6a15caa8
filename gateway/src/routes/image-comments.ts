import { CommentOrder, CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import { composeComment, composeCommentPage } from "#compose/compose-comments.ts";
import { USER_DECORATION } from "#compose/user-summaries.ts";
import { contextOf, requireUser } from "#guard/calls.ts";
import { waitsFor } from "#guard/route-calls.ts";
import type { ApiServer } from "#http/api-server.ts";
import { sendPage } from "#http/send-page.ts";
import { sendResource } from "#http/send-resource.ts";
import { JSON_PROBLEMS, problems, SIGNED_IN } from "#openapi/answers.ts";
import { CommentPage, CommentQuery, CommentReference, NewComment } from "#schemas/comments.ts";
import { IdParameters } from "#schemas/identifier.ts";
import { pageOf } from "#schemas/page.ts";
import type { CommentRouteDependencies } from "./comments.ts";

const ORDERS = { newest: CommentOrder.NEWEST, oldest: CommentOrder.OLDEST } as const;

/** Adds the routes of the comments on an image. */
export function imageCommentRoutes(server: ApiServer, clients: CommentRouteDependencies): void {
  const { comments } = clients;

  server.post(
    "/v1/images/:id/comments",
    {
      config: waitsFor(CommentService.method.createComment, USER_DECORATION),
      onRequest: requireUser,
      schema: {
        operationId: "createComment",
        tags: ["comments"],
        summary: "Comment on an image, or reply to a comment",
        security: SIGNED_IN,
        params: IdParameters,
        body: NewComment,
        response: {
          201: CommentReference,
          ...problems(
            ...JSON_PROBLEMS,
            "IMAGE_NOT_FOUND",
            "PARENT_NOT_FOUND",
            "COMMENTS_CLOSED",
            "TOO_DEEP",
            "READ_ONLY",
          ),
        },
      },
    },
    async (request, reply) => {
      const context = contextOf(request);
      const { body: text, parentId } = request.body;
      const imageId = request.params.id;
      const comment = await comments.createComment(
        { imageId, parentId: parentId ?? undefined, body: text },
        context,
      );
      const body = await composeComment(clients, comment, context);
      reply.header("location", `/v1/comments/${comment.id}`);
      return sendResource(request, reply, { status: 201, version: comment.etag, body });
    },
  );

  server.get(
    "/v1/images/:id/comments",
    {
      config: waitsFor(CommentService.method.listComments, USER_DECORATION),
      schema: {
        operationId: "listComments",
        tags: ["comments"],
        summary: "List the top-level comments of an image",
        params: IdParameters,
        querystring: CommentQuery,
        response: { 200: CommentPage, ...problems("IMAGE_NOT_FOUND") },
      },
    },
    async (request, reply) => {
      const context = contextOf(request);
      const order = ORDERS[request.query.order ?? "newest"];
      const page = await comments.listComments(
        { imageId: request.params.id, order, ...pageOf(request.query) },
        context,
      );
      return sendPage(reply, await composeCommentPage(clients, page, context));
    },
  );
}
