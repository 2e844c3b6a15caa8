import { requireUser } from "@triptych/chassis/identity/require-user";
import type { Handlers } from "@triptych/chassis/rpc/server/handlers";
import { readEach } from "@triptych/chassis/validation/batch";
import type { CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import type { Comments } from "#domain/comments.ts";
import { toBatchMessage, toMessage, toPageMessage } from "./messages.ts";
import {
  readBatchGetCommentCounts,
  readCreateComment,
  readDeleteComment,
  readGetComment,
  readListComments,
  readListReplies,
  readUpdateComment,
} from "./requests.ts";

/**
 * Returns the handlers of the contract's methods. Each reads its request, calls the domain, and
 * writes the answer.
 */
export function createHandlers(comments: Comments): Handlers<typeof CommentService> {
  return {
    async createComment(request, context) {
      const { userId } = requireUser(context.caller);
      const newComment = readCreateComment(request, userId);
      return toMessage(await comments.createComment(newComment, context));
    },

    async getComment(request, context) {
      return toMessage(await comments.getComment(readGetComment(request), context));
    },

    async listComments(request, context) {
      const { list, query } = readListComments(request);
      return toPageMessage(list, await comments.listComments(query, context));
    },

    async batchListComments({ requests }, context) {
      const lists = readEach(requests, readListComments);
      const queries = lists.flatMap((one) => (one === undefined ? [] : one.query));
      const pages = await comments.batchListComments(queries, context);
      const found = new Map(queries.map((query, index) => [query, pages[index]]));
      const listed = lists.map((one) => {
        const page = one && found.get(one.query);
        return page && { list: one.list, page };
      });
      return toBatchMessage(listed);
    },

    async listReplies(request, context) {
      const { list, query } = readListReplies(request);
      return toPageMessage(list, await comments.listReplies(query, context));
    },

    async updateComment(request, context) {
      const { userId } = requireUser(context.caller);
      const edit = readUpdateComment(request, userId);
      return toMessage(await comments.updateComment(edit, context));
    },

    async deleteComment(request, context) {
      const { userId } = requireUser(context.caller);
      return await comments.deleteComment(readDeleteComment(request, userId), context);
    },

    async batchGetCommentCounts(request, context) {
      const imageIds = readBatchGetCommentCounts(request);
      const counts = await comments.batchGetCommentCounts(imageIds, context);
      return { counts: [...counts].map(([imageId, count]) => ({ imageId, count })) };
    },
  };
}
