import type { Connection } from "@triptych/chassis/database/connection";
import type { Statement } from "@triptych/chassis/database/statement";
import type { CommentTransaction } from "#domain/comment-transaction.ts";
import { COMMENT_COLUMNS, type CommentRow, toComment } from "./comment-row.ts";

const LOCK_COMMENT = {
  name: "lock_comment",
  text: `select ${COMMENT_COLUMNS} from comments where image_id = $1 and id = $2 for update`,
} as const satisfies Statement;

const UPDATE_COMMENT = {
  name: "update_comment",
  text: `update comments set author_id = $3, body = $4, edited = $5, deleted = $6, version = $7,
    update_time = $8 where image_id = $1 and id = $2`,
} as const satisfies Statement;

const DELETE_COMMENT = {
  name: "delete_comment",
  text: "delete from comments where image_id = $1 and id = $2",
} as const satisfies Statement;

const DECREMENT_REPLY_COUNT = {
  name: "decrement_reply_count",
  text: "update comments set reply_count = reply_count - 1 where image_id = $1 and id = $2",
} as const satisfies Statement;

const DECREMENT_COMMENT_COUNT = {
  name: "decrement_comment_count",
  text: "update image_comment_counts set count = count - 1 where image_id = $1",
} as const satisfies Statement;

/** Implements the transaction on a connection that has begun one. */
export function createCommentTransaction(
  connection: Connection,
  imageId: string,
): CommentTransaction {
  return {
    async lockComment(id) {
      const { rows } = await connection.query<CommentRow>(LOCK_COMMENT, [imageId, id]);
      return rows.map(toComment)[0];
    },

    async updateComment(comment) {
      await connection.query(UPDATE_COMMENT, [
        imageId,
        comment.id,
        comment.authorId,
        comment.body,
        comment.edited,
        comment.deleted,
        comment.version,
        comment.updateTime,
      ]);
    },

    async deleteComment(id) {
      await connection.query(DELETE_COMMENT, [imageId, id]);
    },

    async decrementReplyCount(id) {
      await connection.query(DECREMENT_REPLY_COUNT, [imageId, id]);
    },

    async decrementCommentCount() {
      await connection.query(DECREMENT_COMMENT_COUNT, [imageId]);
    },
  };
}
