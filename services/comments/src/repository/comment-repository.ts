import type { Database } from "@triptych/chassis/database/database";
import type { Statement } from "@triptych/chassis/database/statement";
import { ID_MAX, ID_MIN } from "@triptych/chassis/ids/id-bounds";
import type { CommentOrder, CommentRepository } from "#domain/comment-repository.ts";
import { COMMENT_COLUMNS, type CommentRow, toComment } from "./comment-row.ts";
import { createCommentTransaction } from "./comment-transaction.ts";

const SELECT_COMMENT = {
  name: "select_comment",
  text: `select ${COMMENT_COLUMNS} from comments where id = $1`,
} as const satisfies Statement;

const SELECT_COMMENTS_NEWEST = {
  name: "select_comments_newest",
  text: `select ${COMMENT_COLUMNS} from comments
    where image_id = $1 and parent_id is null and id < $2 order by id desc limit $3`,
} as const satisfies Statement;

const SELECT_COMMENTS_OLDEST = {
  name: "select_comments_oldest",
  text: `select ${COMMENT_COLUMNS} from comments
    where image_id = $1 and parent_id is null and id > $2 order by id limit $3`,
} as const satisfies Statement;

const SELECT_REPLIES = {
  name: "select_replies",
  text: `select ${COMMENT_COLUMNS} from comments
    where image_id = $1 and parent_id = $2 and id > $3 order by id limit $4`,
} as const satisfies Statement;

const SELECT_COMMENT_COUNTS = {
  name: "select_comment_counts",
  text: "select image_id, count from image_comment_counts where image_id = any($1::uuid[])",
} as const satisfies Statement;

/** Ids are UUIDv7: their order is that of time, and unlike a time none comes twice. */
const ORDERS = {
  newest: { statement: SELECT_COMMENTS_NEWEST, start: ID_MAX },
  oldest: { statement: SELECT_COMMENTS_OLDEST, start: ID_MIN },
} as const satisfies Record<CommentOrder, { statement: Statement; start: string }>;

interface CommentCountRow {
  readonly image_id: string;
  readonly count: number;
}

/**
 * Keeps comments in Postgres. A comment's id ends in its image's slot, so both lead to the same
 * shard.
 */
export function createCommentRepository(database: Database): CommentRepository {
  return {
    async findComment(id, signal) {
      const { rows } = await database.for(id).read<CommentRow>(SELECT_COMMENT, [id], signal);
      return rows.map(toComment)[0];
    },

    async listComments({ imageId, order, after, limit }, signal) {
      const { statement, start } = ORDERS[order];
      const values = [imageId, after?.[0] ?? start, limit];
      const { rows } = await database.for(imageId).read<CommentRow>(statement, values, signal);
      return rows.map(toComment);
    },

    async listReplies({ imageId, parentId, after, limit }, signal) {
      const values = [imageId, parentId, after?.[0] ?? ID_MIN, limit];
      const shard = database.for(imageId);
      const { rows } = await shard.read<CommentRow>(SELECT_REPLIES, values, signal);
      return rows.map(toComment);
    },

    async countComments(imageIds, signal) {
      const idsByShard = Map.groupBy(imageIds, (id) => database.for(id));
      const answers = await Promise.all(
        [...idsByShard].map(([shard, ids]) =>
          shard.read<CommentCountRow>(SELECT_COMMENT_COUNTS, [ids], signal),
        ),
      );
      const rows = answers.flatMap((answer) => answer.rows);
      return new Map(rows.map((row) => [row.image_id, row.count]));
    },

    changeComments: (imageId, change, signal) =>
      database
        .for(imageId)
        .transaction((connection) => change(createCommentTransaction(connection, imageId)), signal),
  };
}
