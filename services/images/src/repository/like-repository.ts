import type { Database } from "@triptych/chassis/database/database";
import type { Statement } from "@triptych/chassis/database/statement";
import { ID_MAX } from "@triptych/chassis/ids/id-bounds";
import type { LikeRepository } from "#domain/like-repository.ts";

/**
 * The image if the user may see it: `mayView` of the domain in SQL. The key share lock waits for a
 * deletion in progress, and then finds no image.
 */
const VISIBLE = `
  visible as (
    select id from images where id = $1 and (visibility <> 'private' or owner_id = $2) for key share
  )`;

/** $1 image, $2 user, $3 time. The count changes with the row, in one statement. */
const INSERT_LIKE = {
  name: "insert_like",
  text: `
    with ${VISIBLE}, added as (
      insert into likes (image_id, user_id, create_time) select id, $2, $3 from visible
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

/** $1 image, $2 limit, $3 time, $4 user: only those after these two. */
const SELECT_LIKES = {
  name: "select_likes",
  text: `
    select user_id, create_time from likes
    where image_id = $1
      and (create_time, user_id) < ($3, $4)
    order by create_time desc, user_id desc limit $2`,
} as const satisfies Statement;

/** Stores likes in Postgres. */
export function createLikeRepository(database: Database): LikeRepository {
  return {
    async addLike({ imageId, userId, createTime }, signal) {
      const values = [imageId, userId, createTime];
      const { rowCount } = await database.for(imageId).write(INSERT_LIKE, values, signal);
      return rowCount > 0;
    },
    async removeLike({ imageId, userId }, signal) {
      const { rowCount } = await database
        .for(imageId)
        .write(DELETE_LIKE, [imageId, userId], signal);
      return rowCount > 0;
    },
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
