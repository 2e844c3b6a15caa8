import type { Connection } from "@triptych/chassis/database/connection";
import type { Statement } from "@triptych/chassis/database/statement";
import type { CommentTransaction } from "#domain/comment-transaction.ts";
import { COMMENT_COLUMNS, type CommentRow, toComment } from "./comment-row.ts";

const LOCK_COMMENT = {
  name: "lock_comment",
  text: `select ${COMMENT_COLUMNS} from comments where image_id = $1 and id = $2 for update`,
} as const satisfies Statement;

const INSERT_COMMENT = {
  name: "insert_comment",
  text: `insert into comments (${COMMENT_COLUMNS})
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
} as const satisfies Statement;

const UPDATE_COMMENT = {
  name: "update_comment",
  text: `update comments set author_id = $3, body = $4, reply_count = $5, edited = $6, deleted = $7,
    version = $8, update_time = $9 where image_id = $1 and id = $2`,
} as const satisfies Statement;

const DELETE_COMMENT = {
  name: "delete_comment",
  text: "delete from comments where image_id = $1 and id = $2",
} as const satisfies Statement;

const INCREMENT_COMMENT_COUNT = {
  name: "increment_comment_count",
  text: `insert into image_comment_counts as counts (image_id, count) values ($1, 1)
    on conflict (image_id) do update set count = counts.count + 1`,
} as const satisfies Statement;

const DECREMENT_COMMENT_COUNT = {
  name: "decrement_comment_count",
  text: "update image_comment_counts set count = count - 1 where image_id = $1",
} as const satisfies Statement;

/** Reads and writes the rows of one image's comments on a connection that is in a transaction. */
export function createCommentTransaction(
  connection: Connection,
  imageId: string,
): CommentTransaction {
  return {
    async lockComment(id) {
      const { rows } = await connection.query<CommentRow>(LOCK_COMMENT, [imageId, id]);
      return rows.map(toComment)[0];
    },

    async insertComment(comment) {
      await connection.query(INSERT_COMMENT, [
        imageId,
        comment.id,
        comment.authorId,
        comment.parentId,
        comment.depth,
        comment.body,
        comment.replyCount,
        comment.edited,
        comment.deleted,
        comment.version,
        comment.createTime,
        comment.updateTime,
      ]);
    },

    async updateComment(comment) {
      await connection.query(UPDATE_COMMENT, [
        imageId,
        comment.id,
        comment.authorId,
        comment.body,
        comment.replyCount,
        comment.edited,
        comment.deleted,
        comment.version,
        comment.updateTime,
      ]);
    },

    async deleteComment(id) {
      await connection.query(DELETE_COMMENT, [imageId, id]);
    },

    async incrementCommentCount() {
      await connection.query(INCREMENT_COMMENT_COUNT, [imageId]);
    },

    async decrementCommentCount() {
      await connection.query(DECREMENT_COMMENT_COUNT, [imageId]);
    },
  };
}
