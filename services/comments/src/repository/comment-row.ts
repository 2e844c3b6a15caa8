import type { Comment } from "#domain/comment.ts";

/** A row of `comments` as pg returns it. */
export interface CommentRow {
  readonly id: string;
  readonly image_id: string;
  readonly author_id: string | null;
  readonly parent_id: string | null;
  readonly depth: number;
  readonly body: string;
  readonly reply_count: number;
  readonly edited: boolean;
  readonly deleted: boolean;
  readonly version: number;
  readonly create_time: Date;
  readonly update_time: Date;
}

/** The columns of a {@link CommentRow}, for a `select`. */
export const COMMENT_COLUMNS =
  "image_id, id, author_id, parent_id, depth, body, reply_count, edited, deleted, version, create_time, update_time";

/** Returns a row as the domain's comment. */
export function toComment(row: CommentRow): Comment {
  return {
    id: row.id,
    imageId: row.image_id,
    authorId: row.author_id ?? undefined,
    parentId: row.parent_id ?? undefined,
    depth: row.depth,
    body: row.body,
    replyCount: row.reply_count,
    edited: row.edited,
    deleted: row.deleted,
    version: row.version,
    createTime: row.create_time,
    updateTime: row.update_time,
  };
}
