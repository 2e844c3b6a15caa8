import type { Database } from "@triptych/chassis/database/database";
import { GroupCommit } from "@triptych/chassis/database/group-commit";
import type { Statement } from "@triptych/chassis/database/statement";
import { ID_MAX } from "@triptych/chassis/ids/id-bounds";
import type { LikeRepository } from "#domain/like-repository.ts";
import {
  HELD_UP,
  type LikeChange,
  type LikeOutcome,
  writeUnlocked,
  writeWaiting,
} from "./write-likes.ts";

/** $1 image, $2 limit, $3 time, $4 user: only those after these two. */
const SELECT_LIKES = {
  name: "select_likes",
  text: `
    select user_id, create_time from likes
    where image_id = $1
      and (create_time, user_id) < ($3, $4)
    order by create_time desc, user_id desc limit $2`,
} as const satisfies Statement;

/** The time of a like that is removed. */
const UNUSED = new Date(0);

/** Stores likes in Postgres. */
export function createLikeRepository(database: Database): LikeRepository {
  const writeLike = createWriteLike(database);
  return {
    addLike: (like, signal) => writeLike({ ...like, liked: true }, signal),
    removeLike: (like, signal) => writeLike({ ...like, createTime: UNUSED, liked: false }, signal),
    async listLikes({ imageId, after, limit }, signal) {
      const { rows } = await database
        .for(imageId)
        .read<{ user_id: string; create_time: Date }>(
          SELECT_LIKES,
          [imageId, limit, after?.createTime ?? "infinity", after?.userId ?? ID_MAX],
          signal,
        );
      return rows.map((row) => ({ userId: row.user_id, createTime: row.create_time }));
    },
  };
}

/**
 * Likes that arrive together are written in one statement, but two of one user for one image one
 * after the other. Those of an image that another transaction holds are then written together, so
 * they delay no others.
 */
function createWriteLike(
  database: Database,
): (change: LikeChange, signal: AbortSignal) => Promise<LikeOutcome> {
  const identityOf = ({ imageId, userId }: LikeChange) => `${imageId} ${userId}`;
  const unlocked = new GroupCommit<LikeChange, LikeOutcome | typeof HELD_UP>({
    laneOf: ({ imageId }) => database.for(imageId),
    identityOf,
    write: (changes, signal) => writeUnlocked(database, changes, signal),
  });
  const waiting = new GroupCommit<LikeChange, LikeOutcome>({
    laneOf: ({ imageId }) => imageId,
    identityOf,
    write: (changes, signal) => writeWaiting(database, changes, signal),
  });
  return async (change, signal) => {
    const outcome = await unlocked.submit(change, signal);
    return outcome === HELD_UP ? await waiting.submit(change, signal) : outcome;
  };
}
