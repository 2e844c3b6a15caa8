import type { Database } from "@triptych/chassis/database/database";
import type { Statement } from "@triptych/chassis/database/statement";
import type { LikeRepository } from "#domain/like-repository.ts";

/**
 * The key share lock makes it wait for a deletion that is under way, and see that the image is
 * gone.
 */
const VISIBLE = `
  visible as (
    select id from images where id = $1 and (visibility <> 'private' or owner_id = $2) for key share
  )`;

/** $1 image, $2 user. The count changes with the row, in one statement. */
const INSERT_LIKE = {
  name: "insert_like",
  text: `
    with ${VISIBLE}, added as (
      insert into likes (image_id, user_id) select id, $2 from visible
      on conflict do nothing returning image_id
    ), counted as (
      update images set like_count = like_count + 1 from added where images.id = added.image_id
    )
    select id from visible`,
} as const satisfies Statement;

/** $1 image, $2 user. */
const DELETE_LIKE = {
  name: "delete_like",
  text: `
    with ${VISIBLE}, removed as (
      delete from likes using visible where image_id = visible.id and user_id = $2
      returning image_id
    ), counted as (
      update images set like_count = like_count - 1 from removed where images.id = removed.image_id
    )
    select id from visible`,
} as const satisfies Statement;

/** $1 image, $2 limit, $3 time, $4 user: only those behind these two, if they are given. */
const SELECT_LIKES = {
  name: "select_likes",
  text: `
    select user_id, create_time from likes
    where image_id = $1
      and (create_time, user_id) < (coalesce($3::timestamptz, 'infinity'),
        coalesce($4::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
    order by create_time desc, user_id desc limit $2`,
} as const satisfies Statement;

/** Keeps likes in Postgres. */
export function createLikeRepository(database: Database): LikeRepository {
  async function change(statement: Statement, ids: readonly string[], signal?: AbortSignal) {
    const { rowCount } = await database.for(ids[0] ?? "").write(statement, ids, signal);
    return rowCount > 0;
  }
  return {
    addLike: (imageId, userId, signal) => change(INSERT_LIKE, [imageId, userId], signal),
    removeLike: (imageId, userId, signal) => change(DELETE_LIKE, [imageId, userId], signal),
    async listLikes({ imageId, after, limit }, signal) {
      const { rows } = await database
        .for(imageId)
        .read<{ user_id: string; create_time: Date }>(
          SELECT_LIKES,
          [imageId, limit, after?.createTime ?? null, after?.userId ?? null],
          signal,
        );
      return rows.map((row) => ({ userId: row.user_id, createTime: row.create_time }));
    },
  };
}
