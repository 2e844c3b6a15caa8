import type { Database } from "@triptych/chassis/database/database";
import type { Statement } from "@triptych/chassis/database/statement";

const SELECT_WRONG_COUNTERS = {
  name: "select_wrong_counters",
  text: `
    select parent.id, parent.reply_count as count, count(reply.id)::integer as rows
    from comments as parent
    left join comments as reply
      on reply.image_id = parent.image_id and reply.parent_id = parent.id
    where parent.image_id = $1
    group by parent.id, parent.reply_count
    having parent.reply_count <> count(reply.id)
    union all
    select $1, counted.count, alive.rows
    from (select count(*)::integer as rows from comments where image_id = $1 and not deleted) as alive
    cross join (
      select coalesce((select count from image_comment_counts where image_id = $1), 0) as count
    ) as counted
    where counted.count <> alive.rows`,
} as const satisfies Statement;

/** A counter that differs from the number of rows that it counts. */
export interface WrongCounter {
  /** The id of the comment or image that has the counter. */
  readonly id: string;
  readonly count: number;
  readonly rows: number;
}

/** Counts the rows of an image, and returns each counter that differs from them. */
export async function findWrongCounters(
  database: Database,
  imageId: string,
): Promise<readonly WrongCounter[]> {
  const { rows } = await database.for(imageId).read<WrongCounter>(SELECT_WRONG_COUNTERS, [imageId]);
  return rows;
}
