import { CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import type { Clients } from "#clients/clients.ts";
import { composeComment, composeCommentPage } from "#compose/compose-comments.ts";
import { USER_DECORATION } from "#compose/user-summaries.ts";
import { writeCondition } from "#conditions/write-condition.ts";
import { contextOf, requireUser } from "#guard/calls.ts";
import { waitsFor } from "#guard/route-calls.ts";
import type { ApiServer } from "#http/api-server.ts";
import { changedPaths } from "#http/changed-paths.ts";
import { sendPage } from "#http/send-page.ts";
import { sendResource } from "#http/send-resource.ts";
import { JSON_PROBLEMS, NOT_MODIFIED, NoContent, problems, SIGNED_IN } from "#openapi/answers.ts";
import { CommentChange, CommentPage, CommentReference } from "#schemas/comments.ts";
import { IdParameters } from "#schemas/identifier.ts";
import { PageQuery, pageOf } from "#schemas/page.ts";

/** The clients of the routes of comments. */
export type CommentRouteDependencies = Pick<Clients, "users" | "comments">;

/** Adds the routes of single comments and their replies. */
export function commentRoutes(server: ApiServer, dependencies: CommentRouteDependencies): void {
  commentReadRoutes(server, dependencies);
  commentUpdateRoute(server, dependencies);
  commentDeleteRoute(server, dependencies);
}

function commentReadRoutes(server: ApiServer, clients: CommentRouteDependencies): void {
  const { comments } = clients;

  server.get(
    "/v1/comments/:id",
    {
      config: waitsFor(CommentService.method.getComment, USER_DECORATION),
      schema: {
        operationId: "getComment",
        tags: ["comments"],
        summary: "Get a comment",
        params: IdParameters,
        response: {
          200: CommentReference,
          ...NOT_MODIFIED,
          ...problems("COMMENT_NOT_FOUND", "ETAG_MISMATCH"),
        },
      },
    },
    async (request, reply) => {
      const context = contextOf(request);
      const comment = await comments.getComment({ id: request.params.id }, context);
      const body = await composeComment(clients, comment, context);
      return sendResource(request, reply, { version: comment.etag, body });
    },
  );

  server.get(
    "/v1/comments/:id/replies",
    {
      config: waitsFor(CommentService.method.listReplies, USER_DECORATION),
      schema: {
        operationId: "listReplies",
        tags: ["comments"],
        summary: "List the direct replies to a comment, oldest first",
        params: IdParameters,
        querystring: PageQuery,
        response: { 200: CommentPage, ...problems("COMMENT_NOT_FOUND") },
      },
    },
    async (request, reply) => {
      const context = contextOf(request);
      const page = await comments.listReplies(
        { commentId: request.params.id, ...pageOf(request.query) },
        context,
      );
      return sendPage(reply, await composeCommentPage(clients, page, context));
    },
  );
}

function commentUpdateRoute(server: ApiServer, clients: CommentRouteDependencies): void {
  const { comments } = clients;

  server.patch(
    "/v1/comments/:id",
    {
      config: waitsFor(
        CommentService.method.updateComment,
        CommentService.method.getComment,
        USER_DECORATION,
      ),
      onRequest: requireUser,
      schema: {
        operationId: "updateComment",
        tags: ["comments"],
        summary: "Change a comment of one's own, within 15 minutes",
        description: "Honours `If-Match`.",
        security: SIGNED_IN,
        params: IdParameters,
        body: CommentChange,
        response: {
          200: CommentReference,
          ...problems(
            ...JSON_PROBLEMS,
            "COMMENT_NOT_FOUND",
            "NOT_COMMENT_AUTHOR",
            "EDIT_WINDOW_OVER",
            "ETAG_MISMATCH",
            "READ_ONLY",
          ),
        },
      },
    },
    async (request, reply) => {
      const context = contextOf(request);
      const { id } = request.params;
      const etag = await writeCondition(request, () => comments.getComment({ id }, context));
      const comment = await comments.updateComment(
        {
          comment: { id, etag, body: request.body.body },
          updateMask: { paths: changedPaths(request.body) },
        },
        context,
      );
      const body = await composeComment(clients, comment, context);
      return sendResource(request, reply, { version: comment.etag, body });
    },
  );
}

function commentDeleteRoute(server: ApiServer, { comments }: CommentRouteDependencies): void {
  server.delete(
    "/v1/comments/:id",
    {
      config: waitsFor(CommentService.method.deleteComment, CommentService.method.getComment),
      onRequest: requireUser,
      schema: {
        operationId: "deleteComment",
        tags: ["comments"],
        summary: "Delete a comment, as its author or as the image's owner",
        description: "Honours `If-Match`.",
        security: SIGNED_IN,
        params: IdParameters,
        response: {
          204: NoContent,
          ...problems("COMMENT_NOT_FOUND", "NOT_COMMENT_AUTHOR", "ETAG_MISMATCH", "READ_ONLY"),
        },
      },
    },
    async (request, reply) => {
      const context = contextOf(request);
      const { id } = request.params;
      const etag = await writeCondition(request, () => comments.getComment({ id }, context));
      await comments.deleteComment({ id, etag }, context);
      return reply.code(204).send();
    },
  );
}
