import type { Database } from "@triptych/chassis/database/database";
import type { Items } from "@triptych/chassis/database/group-commit";
import type { Statement } from "@triptych/chassis/database/statement";
import type { NewLike } from "#domain/like-repository.ts";

/** A like to add or to remove. */
export interface LikeChange extends NewLike {
  readonly liked: boolean;
}

/**
 * Adds and removes likes in one statement, which counts only the rows that change. A pair of image
 * and user occurs once. The lock of an image waits for a deletion in progress, which then leaves no
 * image, and for others that count its likes. `visible` is `mayView` of the domain in SQL, on the
 * locked row. The images are locked in one order, so that two statements do not deadlock.
 *
 * $1 to $4: the images, the users, the times, and whether they like the image from now on.
 */
function writeLikes(ofLockedImages: "skip locked" | ""): string {
  return `
    with change as (
      select * from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::boolean[])
        with ordinality as change (image_id, user_id, create_time, liked, position)
    ), locked as (
      select id, owner_id, visibility from images where id in (select image_id from change)
      order by id for no key update ${ofLockedImages}
    ), visible as (
      select change.* from change join locked on locked.id = change.image_id
      where locked.visibility <> 'private' or locked.owner_id = change.user_id
    ), added as (
      insert into likes (image_id, user_id, create_time)
      select image_id, user_id, create_time from visible where liked
      on conflict do nothing returning image_id
    ), removed as (
      delete from likes using visible
      where not visible.liked and likes.image_id = visible.image_id
        and likes.user_id = visible.user_id
      returning likes.image_id
    ), counted as (
      update images set like_count = like_count + net.likes
      from (
        select image_id, sum(likes)::integer as likes from (
          select image_id, 1 as likes from added union all select image_id, -1 from removed
        ) as changed group by image_id having sum(likes) <> 0
      ) as net
      where images.id = net.image_id
    )
    select visible.image_id is not null as visible,
      locked.id is null and found.id is not null as held_up
    from change
    left join visible using (position)
    left join locked on locked.id = change.image_id
    left join images as found on found.id = change.image_id
    order by position`;
}

/** Writes the likes of images that no other transaction holds. It waits for no lock. */
const WRITE_LIKES_UNLOCKED = {
  name: "write_likes_unlocked",
  text: writeLikes("skip locked"),
} as const satisfies Statement;

/** Writes the likes of one image, once the transactions that hold it have ended. */
const WRITE_LIKES = {
  name: "write_likes",
  text: writeLikes(""),
} as const satisfies Statement;

/** What both statements return of each like, in the order of the parameters. */
interface LikeChangeRow {
  readonly visible: boolean;
  /** The image was there when the statement began, and was not locked. */
  readonly held_up: boolean;
}

/** Another transaction holds the image. Nothing was written. */
export const HELD_UP = Symbol("held up");

/** Whether there is such an image that the user may see. */
export type LikeOutcome = boolean;

/** Writes likes of one shard together, without a wait for another transaction. */
export async function writeUnlocked(
  database: Database,
  changes: Items<LikeChange>,
  signal: AbortSignal,
): Promise<readonly (LikeOutcome | typeof HELD_UP)[]> {
  const shard = database.for(changes[0].imageId);
  const values = valuesOf(changes);
  const { rows } = await shard.write<LikeChangeRow>(WRITE_LIKES_UNLOCKED, values, signal);
  return rows.map((row) => (row.held_up ? HELD_UP : row.visible));
}

/** Writes likes of one image together. An image that was deleted meanwhile is not visible. */
export async function writeWaiting(
  database: Database,
  changes: Items<LikeChange>,
  signal: AbortSignal,
): Promise<readonly LikeOutcome[]> {
  const shard = database.for(changes[0].imageId);
  const { rows } = await shard.write<LikeChangeRow>(WRITE_LIKES, valuesOf(changes), signal);
  return rows.map(({ visible }) => visible);
}

function valuesOf(changes: readonly LikeChange[]): readonly unknown[] {
  return [
    changes.map(({ imageId }) => imageId),
    changes.map(({ userId }) => userId),
    changes.map(({ createTime }) => createTime),
    changes.map(({ liked }) => liked),
  ];
}
