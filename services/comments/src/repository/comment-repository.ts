import type { Database } from "@triptych/chassis/database/database";
import { GroupCommit } from "@triptych/chassis/database/group-commit";
import type { Shard } from "@triptych/chassis/database/shard";
import type { Statement } from "@triptych/chassis/database/statement";
import { ID_MAX, ID_MIN } from "@triptych/chassis/ids/id-bounds";
import type { Comment, UnplacedComment } from "#domain/comment.ts";
import type {
  CommentOrder,
  CommentQuery,
  CommentRepository,
  Insertion,
} from "#domain/comment-repository.ts";
import { type CommentRow, toComment } from "./comment-row.ts";
import {
  type CommentCountRow,
  type PagedCommentRow,
  SELECT_COMMENT,
  SELECT_COMMENT_COUNTS,
  SELECT_COMMENTS_NEWEST,
  SELECT_COMMENTS_OLDEST,
  SELECT_REPLIES,
} from "./comment-statements.ts";
import { createCommentTransaction } from "./comment-transaction.ts";
import { HELD_UP, insertUnlocked, insertWaiting } from "./insert-comments.ts";

/** The id is the cursor of each list: a UUIDv7 sorts by time, and unlike a time it is unique. */
const ORDERS = {
  newest: { statement: SELECT_COMMENTS_NEWEST, start: ID_MAX },
  oldest: { statement: SELECT_COMMENTS_OLDEST, start: ID_MIN },
} as const satisfies Record<CommentOrder, { statement: Statement; start: string }>;

/**
 * Stores comments in Postgres. A comment's id ends in its image's slot, so both ids lead to the
 * same shard.
 */
export function createCommentRepository(database: Database): CommentRepository {
  return {
    async findComment(id, signal) {
      const { rows } = await database.for(id).read<CommentRow>(SELECT_COMMENT, [id], signal);
      return rows.map(toComment)[0];
    },

    async listComments(queries, signal) {
      const pages = new Map<CommentQuery, Comment[]>(queries.map((query) => [query, []]));
      const shards = Map.groupBy(queries, ({ imageId }) => database.for(imageId));
      const reads = [...shards].flatMap(([shard, some]) =>
        [...Map.groupBy(some, ({ order }) => order)].map(async ([order, alike]) => {
          for (const row of await readPages(shard, order, { queries: alike, signal })) {
            const query = alike[row.page - 1];
            if (query !== undefined) pages.get(query)?.push(toComment(row));
          }
        }),
      );
      await Promise.all(reads);
      return [...pages.values()];
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

    insertComment: createInsertComment(database),

    changeComments: (imageId, change, signal) =>
      database
        .for(imageId)
        .transaction((connection) => change(createCommentTransaction(connection, imageId)), signal),
  };
}

/** Pages of one order in one shard. */
interface PagesToRead {
  readonly queries: readonly CommentQuery[];
  readonly signal: AbortSignal;
}

async function readPages(
  shard: Shard,
  order: CommentOrder,
  { queries, signal }: PagesToRead,
): Promise<readonly PagedCommentRow[]> {
  const { statement, start } = ORDERS[order];
  const values = [
    queries.map(({ imageId }) => imageId),
    queries.map(({ after }) => after?.[0] ?? start),
    queries.map(({ limit }) => limit),
  ];
  return (await shard.read<PagedCommentRow>(statement, values, signal)).rows;
}

/**
 * Comments that arrive together are written in one statement. One that another transaction holds up
 * is then written with those that wait for the same row, so it delays no others.
 */
function createInsertComment(database: Database): CommentRepository["insertComment"] {
  const unlocked = new GroupCommit<UnplacedComment, Insertion | typeof HELD_UP>({
    laneOf: ({ imageId }) => database.for(imageId),
    write: (comments, signal) => insertUnlocked(database, comments, signal),
  });
  const waiting = new GroupCommit<UnplacedComment, Insertion>({
    laneOf: ({ parentId, imageId }) => parentId ?? imageId,
    write: (comments, signal) => insertWaiting(database, comments, signal),
  });
  return async (comment, signal) => {
    const insertion = await unlocked.submit(comment, signal);
    return insertion === HELD_UP ? await waiting.submit(comment, signal) : insertion;
  };
}
