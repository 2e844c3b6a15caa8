import type { Database } from "@triptych/chassis/database/database";
import type { Statement } from "@triptych/chassis/database/statement";

/** From the bottom of the threads upward, as every transaction locks. */
const LOCK_COMMENTS = {
  name: "lock_comments",
  text: "select id from comments where image_id = $1 order by depth desc, id for update",
} as const satisfies Statement;

/** Inserts the row if need be, and locks it: nobody's comment is then half counted. */
const LOCK_COMMENT_COUNT = {
  name: "lock_comment_count",
  text: `insert into image_comment_counts as counts (image_id, count) values ($1, 0)
    on conflict (image_id) do update set count = counts.count`,
} as const satisfies Statement;

const RECOUNT_REPLIES = {
  name: "recount_replies",
  text: `update comments as parent set reply_count = counted.count
    from (
      select each.id, count(reply.id)::integer as count
      from comments as each
      left join comments as reply on reply.image_id = each.image_id and reply.parent_id = each.id
      where each.image_id = $1
      group by each.id
    ) as counted
    where parent.image_id = $1 and parent.id = counted.id and parent.reply_count <> counted.count`,
} as const satisfies Statement;

const RECOUNT_COMMENTS = {
  name: "recount_comments",
  text: `update image_comment_counts set count = counted.count
    from (select count(*)::integer as count from comments where image_id = $1 and not deleted) as counted
    where image_id = $1 and image_comment_counts.count <> counted.count`,
} as const satisfies Statement;

/**
 * Counts an image's comments, and the replies to each, from the rows themselves, and puts right
 * what the counters kept otherwise. Gives how many counters were wrong. Comments can be written
 * meanwhile; they wait for it.
 */
export async function recountComments(
  database: Database,
  imageId: string,
  signal: AbortSignal,
): Promise<number> {
  return await database.for(imageId).transaction(async (connection) => {
    await connection.query(LOCK_COMMENTS, [imageId]);
    await connection.query(LOCK_COMMENT_COUNT, [imageId]);
    const replies = await connection.query(RECOUNT_REPLIES, [imageId]);
    const comments = await connection.query(RECOUNT_COMMENTS, [imageId]);
    return replies.rowCount + comments.rowCount;
  }, signal);
}
