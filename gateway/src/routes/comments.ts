import { CommentOrder } from "@triptych/protos/comments/v1/comment_service_pb";
import { composeComment, composeComments } from "#compose/compose-comments.ts";
import type { Sources } from "#compose/sources.ts";
import type { ApiServer } from "#http/api-server.ts";
import type { Calls } from "#http/calls.ts";
import { sendResource } from "#http/send-resource.ts";
import { writeCondition } from "#http/write-condition.ts";
import {
  CommentChange,
  CommentPage,
  CommentQuery,
  CommentReference,
  NewComment,
} from "#schemas/comments.ts";
import { IdParameters } from "#schemas/identifier.ts";
import { PageQuery } from "#schemas/images.ts";
import { pageOf } from "#schemas/page.ts";
import { JSON_PROBLEMS, NOT_MODIFIED, NoContent, problems } from "./answers.ts";
import { changedPaths } from "./changed-paths.ts";
import { SIGNED_IN } from "./security.ts";

const ORDERS = { newest: CommentOrder.NEWEST, oldest: CommentOrder.OLDEST } as const;

/** What the routes of comments need. */
export type CommentRouteDependencies = Pick<Sources, "users" | "comments"> & {
  readonly calls: Calls;
};

/** Adds the routes of the comments on an image. */
export function imageCommentRoutes(
  server: ApiServer,
  { calls, ...sources }: CommentRouteDependencies,
): void {
  const { comments } = sources;

  server.post(
    "/v1/images/:id/comments",
    {
      onRequest: calls.requireUser,
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
          ),
        },
      },
    },
    async (request, reply) => {
      const context = calls.open(request, reply);
      const { body: text, parentId } = request.body;
      const comment = await comments.createComment(
        { imageId: request.params.id, parentId: parentId ?? undefined, body: text },
        context,
      );
      const body = await composeComment(sources, comment, context);
      reply.header("location", `/v1/comments/${comment.id}`);
      return sendResource(request, reply, { status: 201, version: comment.etag, body });
    },
  );

  server.get(
    "/v1/images/:id/comments",
    {
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
      const context = calls.open(request, reply);
      const order = ORDERS[request.query.order ?? "newest"];
      const page = await comments.listComments(
        { imageId: request.params.id, order, ...pageOf(request.query) },
        context,
      );
      const composed = await composeComments(sources, page.comments, context);
      return {
        comments: composed.comments,
        nextPageToken: page.nextPageToken || null,
        ...composed.members,
      };
    },
  );
}

/** Adds the routes of single comments and their replies. */
export function commentRoutes(
  server: ApiServer,
  { calls, ...sources }: CommentRouteDependencies,
): void {
  const { comments } = sources;

  server.get(
    "/v1/comments/:id",
    {
      schema: {
        operationId: "getComment",
        tags: ["comments"],
        summary: "Get a comment",
        params: IdParameters,
        response: { 200: CommentReference, ...NOT_MODIFIED, ...problems("COMMENT_NOT_FOUND") },
      },
    },
    async (request, reply) => {
      const context = calls.open(request, reply);
      const comment = await comments.getComment({ id: request.params.id }, context);
      const body = await composeComment(sources, comment, context);
      return sendResource(request, reply, { version: comment.etag, body });
    },
  );

  server.get(
    "/v1/comments/:id/replies",
    {
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
      const context = calls.open(request, reply);
      const page = await comments.listReplies(
        { commentId: request.params.id, ...pageOf(request.query) },
        context,
      );
      const composed = await composeComments(sources, page.comments, context);
      return {
        comments: composed.comments,
        nextPageToken: page.nextPageToken || null,
        ...composed.members,
      };
    },
  );

  server.patch(
    "/v1/comments/:id",
    {
      onRequest: calls.requireUser,
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
          ),
        },
      },
    },
    async (request, reply) => {
      const context = calls.open(request, reply);
      const { id } = request.params;
      const etag = await writeCondition(request, () => comments.getComment({ id }, context));
      const comment = await comments.updateComment(
        {
          comment: { id, etag, body: request.body.body },
          updateMask: { paths: changedPaths(request.body) },
        },
        context,
      );
      const body = await composeComment(sources, comment, context);
      return sendResource(request, reply, { version: comment.etag, body });
    },
  );

  server.delete(
    "/v1/comments/:id",
    {
      onRequest: calls.requireUser,
      schema: {
        operationId: "deleteComment",
        tags: ["comments"],
        summary: "Delete a comment: its author may, and the image's owner",
        description: "Honours `If-Match`.",
        security: SIGNED_IN,
        params: IdParameters,
        response: {
          204: NoContent,
          ...problems("COMMENT_NOT_FOUND", "NOT_COMMENT_AUTHOR", "ETAG_MISMATCH"),
        },
      },
    },
    async (request, reply) => {
      const context = calls.open(request, reply);
      const { id } = request.params;
      const etag = await writeCondition(request, () => comments.getComment({ id }, context));
      await comments.deleteComment({ id, etag }, context);
      return reply.code(204).send();
    },
  );
}
