import type { Database } from "@triptych/chassis/database/database";
import type { Items } from "@triptych/chassis/database/group-commit";
import type { Statement } from "@triptych/chassis/database/statement";
import { DEPTH_MAX, type UnplacedComment } from "#domain/comment.ts";
import type { Insertion } from "#domain/comment-repository.ts";

/**
 * Inserts comments and counts them, in one round trip: conditional updates. The rule of
 * `findReplyFailure` is the condition on the parents. Postgres locks a parent, after another
 * transaction that holds it, and then checks the condition on the row as that left it. Each step
 * reads from the one before, so the parents are locked before the images' counters, as in every
 * transaction, and a comment that a step leaves out is left out by the next. `found` only explains
 * a refusal: it is the parent as it was when the statement began. The parents and the counters are
 * locked in one order, so that two statements do not deadlock.
 *
 * $1 to $6: the columns of the comments, with no parent at the top level. $7: the depth that no
 * parent may have. A new comment has no replies, was not edited, and has version 1.
 */
function insertComments(locks: LockedRows): string {
  return `
    with new as (
      select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[],
        $6::timestamptz[]) with ordinality
        as new (image_id, id, author_id, parent_id, body, create_time, position)
    ), parent as (
      select image_id, id, depth from comments
      where (image_id, id) in (select image_id, parent_id from new)
        and not deleted and depth < $7
      order by depth desc, id for no key update ${locks.parents}
    ), placed as (
      select new.*, 1 as depth from new where parent_id is null
      union all
      select new.*, parent.depth + 1 from new
      join parent on parent.image_id = new.image_id and parent.id = new.parent_id
    ), ${locks.counters} inserted as (
      insert into comments (image_id, id, author_id, parent_id, depth, body, reply_count, edited,
        deleted, version, create_time, update_time)
      select image_id, id, author_id, parent_id, depth, body, 0, false, false, 1, create_time,
        create_time
      from ${locks.insertable}
      returning image_id, id, parent_id, depth
    ), replied as (
      update comments set reply_count = reply_count + added.replies
      from (
        select image_id, parent_id, count(*)::integer as replies from inserted
        where parent_id is not null group by image_id, parent_id
      ) as added
      where comments.image_id = added.image_id and comments.id = added.parent_id
    ), counted as (
      insert into image_comment_counts as counts (image_id, count)
      select image_id, count(*) from inserted group by image_id order by image_id
      on conflict (image_id) do update set count = counts.count + excluded.count
    )
    select inserted.depth, found.depth as parent_depth, found.deleted as parent_deleted
    from new
    left join inserted on inserted.image_id = new.image_id and inserted.id = new.id
    left join comments as found on found.image_id = new.image_id and found.id = new.parent_id
    order by position`;
}

/** Which rows a statement locks, and what it does about a row that is locked already. */
interface LockedRows {
  readonly parents: string;
  /** A step that locks counters, before anything is written. */
  readonly counters: string;
  /** The step with the comments whose rows are all locked. */
  readonly insertable: string;
}

/**
 * Inserts the comments that no other transaction holds up, and returns no depth for the others. It
 * waits for no lock of a row that it can see, so that one row delays the comments on that row only.
 */
const INSERT_COMMENTS_UNLOCKED = {
  name: "insert_comments_unlocked",
  text: insertComments({
    parents: "skip locked",
    counters: `free as (
      select image_id from image_comment_counts where image_id in (select image_id from placed)
      order by image_id for no key update skip locked
    ), insertable as (
      select placed.* from placed
      left join image_comment_counts as counts on counts.image_id = placed.image_id
      left join free on free.image_id = placed.image_id
      where counts.image_id is null or free.image_id is not null
    ),`,
    insertable: "insertable",
  }),
} as const satisfies Statement;

/** Inserts comments that wait for the same locks: replies to one comment, or on one image. */
const INSERT_COMMENTS = {
  name: "insert_comments",
  text: insertComments({ parents: "", counters: "", insertable: "placed" }),
} as const satisfies Statement;

/** What both statements return of each comment, in the order of the parameters. */
interface InsertionRow {
  /** Null if it was not inserted. */
  readonly depth: number | null;
  /** Null if the image has no such comment. */
  readonly parent_depth: number | null;
  readonly parent_deleted: boolean | null;
}

/** Another transaction holds a row that the comment has to lock. Nothing was written of it. */
export const HELD_UP = Symbol("held up");

/** Inserts comments of one shard together, without a wait for another transaction. */
export async function insertUnlocked(
  database: Database,
  comments: Items<UnplacedComment>,
  signal: AbortSignal,
): Promise<readonly (Insertion | typeof HELD_UP)[]> {
  const shard = database.for(comments[0].imageId);
  const values = valuesOf(comments);
  const { rows } = await shard.write<InsertionRow>(INSERT_COMMENTS_UNLOCKED, values, signal);
  return rows.map((row, index) => {
    const insertion = toInsertion(row);
    if (insertion.inserted) return insertion;
    const { parent } = insertion;
    const isReply = comments[index]?.parentId !== undefined;
    const isAllowed = !isReply || (parent && !parent.deleted && parent.depth < DEPTH_MAX);
    return isAllowed ? HELD_UP : insertion;
  });
}

/** Inserts comments of one shard together, once no other transaction holds their rows. */
export async function insertWaiting(
  database: Database,
  comments: Items<UnplacedComment>,
  signal: AbortSignal,
): Promise<readonly Insertion[]> {
  const shard = database.for(comments[0].imageId);
  const values = valuesOf(comments);
  const { rows } = await shard.write<InsertionRow>(INSERT_COMMENTS, values, signal);
  return rows.map(toInsertion);
}

function valuesOf(comments: readonly UnplacedComment[]): readonly unknown[] {
  return [
    comments.map(({ imageId }) => imageId),
    comments.map(({ id }) => id),
    comments.map(({ authorId }) => authorId),
    comments.map(({ parentId }) => parentId),
    comments.map(({ body }) => body),
    comments.map(({ createTime }) => createTime),
    DEPTH_MAX,
  ];
}

function toInsertion(row: InsertionRow): Insertion {
  if (row.depth !== null) return { inserted: true, depth: row.depth };
  const { parent_depth: depth, parent_deleted: deleted } = row;
  return {
    inserted: false,
    parent: depth === null || deleted === null ? undefined : { depth, deleted },
  };
}
