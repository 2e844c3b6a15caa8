import type { Statement } from "@triptych/chassis/database/statement";
import { COMMENT_COLUMNS } from "./comment-row.ts";

/** $1 comment. */
export const SELECT_COMMENT = {
  name: "select_comment",
  text: `select ${COMMENT_COLUMNS} from comments where id = $1`,
} as const satisfies Statement;

/** $1 image, $2 the id that the page begins before, $3 limit. */
export const SELECT_COMMENTS_NEWEST = {
  name: "select_comments_newest",
  text: `select ${COMMENT_COLUMNS} from comments
    where image_id = $1 and parent_id is null and id < $2 order by id desc limit $3`,
} as const satisfies Statement;

/** $1 image, $2 the id that the page begins after, $3 limit. */
export const SELECT_COMMENTS_OLDEST = {
  name: "select_comments_oldest",
  text: `select ${COMMENT_COLUMNS} from comments
    where image_id = $1 and parent_id is null and id > $2 order by id limit $3`,
} as const satisfies Statement;

/** $1 image, $2 parent, $3 the id that the page begins after, $4 limit. */
export const SELECT_REPLIES = {
  name: "select_replies",
  text: `select ${COMMENT_COLUMNS} from comments
    where image_id = $1 and parent_id = $2 and id > $3 order by id limit $4`,
} as const satisfies Statement;

/** A row of `SELECT_COMMENT_COUNTS`. */
export interface CommentCountRow {
  readonly image_id: string;
  readonly count: number;
}

/** $1 images. */
export const SELECT_COMMENT_COUNTS = {
  name: "select_comment_counts",
  text: "select image_id, count from image_comment_counts where image_id = any($1::uuid[])",
} as const satisfies Statement;
