import type { Statement } from "@triptych/chassis/database/statement";
import { COMMENT_COLUMNS, type CommentRow } from "./comment-row.ts";

/** $1 comment. */
export const SELECT_COMMENT = {
  name: "select_comment",
  text: `select ${COMMENT_COLUMNS} from comments where id = $1`,
} as const satisfies Statement;

/** A comment of one of several pages. */
export interface PagedCommentRow extends CommentRow {
  /** The number of its page, from 1. */
  readonly page: number;
}

/** $1 images, $2 the ids that the pages begin before, $3 limits. */
export const SELECT_COMMENTS_NEWEST = {
  name: "select_comments_newest",
  text: selectPages("id < page.start order by id desc"),
} as const satisfies Statement;

/** $1 images, $2 the ids that the pages begin after, $3 limits. */
export const SELECT_COMMENTS_OLDEST = {
  name: "select_comments_oldest",
  text: selectPages("id > page.start order by id"),
} as const satisfies Statement;

/** Each page is a scan of its own. A nested loop, which a lateral join is, keeps their order. */
function selectPages(range: string): string {
  return `select page.page::integer, comment.*
    from unnest($1::uuid[], $2::uuid[], $3::integer[]) with ordinality
      as page (of_image, start, size, page)
    cross join lateral (
      select ${COMMENT_COLUMNS} from comments
      where image_id = page.of_image and parent_id is null and ${range} limit page.size
    ) as comment`;
}

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
