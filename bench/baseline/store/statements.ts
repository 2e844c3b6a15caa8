/** A named statement: Postgres parses and plans it once for each connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

const IMAGE = `
  i.id, i.owner_id, i.title, i.description, i.tags, i.visibility, i.comments_open, i.state,
  i.failure, i.width, i.height, i.content_type, i.size_bytes, i.placeholder, i.variants,
  i.like_count, i.comment_count, i.version, i.create_time, i.update_time,
  u.handle, u.display_name, u.avatar_image_id, u.version as owner_version`;

const COMMENT = `
  c.id, c.author_id, c.parent_id, c.body, c.reply_count, c.edited, c.deleted, c.version,
  c.create_time, c.update_time, u.handle, u.display_name, u.avatar_image_id`;

const LISTED = "i.visibility = 'public' and i.state <> 'failed'";

function liked(viewer: string): string {
  return `exists (select from likes l where l.image_id = i.id and l.user_id = ${viewer}) as liked`;
}

/** $1 id. For anonymous viewers. */
export const SELECT_IMAGE = {
  name: "image",
  text: `select ${IMAGE} from images i join users u on u.id = i.owner_id
    where i.id = $1 and i.visibility <> 'private'`,
} as const satisfies Statement;

/** $1 id, $2 viewer. */
export const SELECT_IMAGE_FOR = {
  name: "image_for",
  text: `select ${IMAGE}, ${liked("$2")} from images i join users u on u.id = i.owner_id
    where i.id = $1 and (i.visibility <> 'private' or i.owner_id = $2)`,
} as const satisfies Statement;

/**
 * $1 ids. The batch of {@link SELECT_IMAGE}. Owners are looked up by their key: for a plain join
 * the planner, which does not know how many ids come, reads all users (of 1,000: 1.2 ms for one
 * image and 2.3 for 30, now 0.4 and 1.7).
 */
export const SELECT_IMAGES = {
  name: "images",
  text: `select ${IMAGE} from images i
    join lateral (select * from users where id = i.owner_id limit 1) u on true
    where i.id = any($1::uuid[]) and i.visibility <> 'private'`,
} as const satisfies Statement;

/** $1 ids, $2 viewers. The batch of {@link SELECT_IMAGE_FOR}. */
export const SELECT_IMAGES_FOR = {
  name: "images_for",
  text: `select k.place, ${IMAGE}, ${liked("k.viewer")}
    from unnest($1::uuid[], $2::uuid[]) with ordinality as k (id, viewer, place)
    join images i on i.id = k.id join users u on u.id = i.owner_id
    where i.visibility <> 'private' or i.owner_id = k.viewer`,
} as const satisfies Statement;

/** $1 the id that the page begins before, $2 limit. */
export const SELECT_IMAGE_PAGE = {
  name: "image_page",
  text: `select ${IMAGE} from images i join users u on u.id = i.owner_id
    where ${LISTED} and i.id < $1 order by i.id desc limit $2`,
} as const satisfies Statement;

/** $1 the id that the page begins before, $2 limit, $3 viewer. */
export const SELECT_IMAGE_PAGE_FOR = {
  name: "image_page_for",
  text: `
    with page as (
      (select i.id from images i where ${LISTED} and i.id < $1 order by i.id desc limit $2)
      union
      (select i.id from images i where i.owner_id = $3 and i.id < $1 order by i.id desc limit $2)
      order by id desc limit $2
    )
    select ${IMAGE}, ${liked("$3")} from page join images i using (id)
    join users u on u.id = i.owner_id order by i.id desc`,
} as const satisfies Statement;

/**
 * $1 image, $2 the id that the page begins before, $3 limit, $4 viewer or null. No row if the
 * viewer may not see the image, one of nulls if it has no such comments.
 */
export const SELECT_COMMENT_PAGE = {
  name: "comment_page",
  text: `select ${COMMENT} from images i
    left join lateral (
      select * from comments where image_id = i.id and parent_id is null and id < $2
      order by id desc limit $3
    ) c on true
    left join users u on u.id = c.author_id
    where i.id = $1 and (i.visibility <> 'private' or i.owner_id = $4)
    order by c.id desc`,
} as const satisfies Statement;

/** $1 images, $2 the ids that the pages begin before, $3 limit, $4 viewers. */
export const SELECT_COMMENT_PAGES = {
  name: "comment_pages",
  text: `select k.place, ${COMMENT}
    from unnest($1::uuid[], $2::uuid[], $4::uuid[]) with ordinality as k (id, before, viewer, place)
    join images i on i.id = k.id
    left join lateral (
      select * from comments where image_id = k.id and parent_id is null and id < k.before
      order by id desc limit $3
    ) c on true
    left join users u on u.id = c.author_id
    where i.visibility <> 'private' or i.owner_id = k.viewer
    order by k.place, c.id desc`,
} as const satisfies Statement;

/**
 * $1 image, $2 id, $3 author, $4 parent or null, $5 body, $6 time. One round trip: what it may not
 * insert it explains.
 */
export const INSERT_COMMENT = {
  name: "insert_comment",
  text: `
    with image as (
      select id, comments_open from images where id = $1 and (visibility <> 'private' or owner_id = $3)
    ), parent as (
      update comments set reply_count = reply_count + 1
      where id = $4 and image_id = $1 and not deleted and depth < 8
        and exists (select from image where comments_open)
      returning depth
    ), place as (
      select 1 as depth from image where $4::uuid is null and comments_open
      union all select depth + 1 from parent
    ), inserted as (
      insert into comments (image_id, id, author_id, parent_id, body, create_time, update_time, depth)
      select $1, $2, $3, $4, $5, $6, $6, depth from place returning id
    ), counted as (
      update images set comment_count = comment_count + 1 where id = $1 and exists (select from inserted)
    )
    select image.comments_open, exists (select from inserted) as inserted,
      u.handle, u.display_name, u.avatar_image_id
    from image left join users u on u.id = $3`,
} as const satisfies Statement;

/** $1 image, $2 user. No row if the user may not see the image. */
export const INSERT_LIKE = {
  name: "insert_like",
  text: `
    with visible as (
      select id from images where id = $1 and (visibility <> 'private' or owner_id = $2)
      for key share
    ), added as (
      insert into likes (image_id, user_id) select id, $2 from visible
      on conflict do nothing returning image_id
    ), counted as (
      update images set like_count = like_count + 1 from added where images.id = added.image_id
    )
    select from visible`,
} as const satisfies Statement;

/** $1 image, $2 user. No row if the user may not see the image. */
export const DELETE_LIKE = {
  name: "delete_like",
  text: `
    with visible as (
      select id from images where id = $1 and (visibility <> 'private' or owner_id = $2)
      for key share
    ), removed as (
      delete from likes using visible where image_id = visible.id and user_id = $2
      returning image_id
    ), counted as (
      update images set like_count = like_count - 1 from removed where images.id = removed.image_id
    )
    select from visible`,
} as const satisfies Statement;

/** $1 a handle or an e-mail address. */
export const SELECT_ACCOUNT = {
  name: "account",
  text: "select * from users where handle = $1 or email_key = $1",
} as const satisfies Statement;

/**
 * $1 user, $2 session, $3 hash, $4 user agent, $5 expiry. Deletes expired sessions, and the oldest
 * beyond 50.
 */
export const INSERT_SESSION = {
  name: "insert_session",
  text: `
    with surplus as (
      delete from sessions where user_id = $1 and (expire_time <= now() or id in (
        select id from sessions where user_id = $1 order by refresh_time desc, id desc offset 49))
    )
    insert into sessions (user_id, id, refresh_token_hash, user_agent, expire_time)
    values ($1, $2, $3, $4, $5)`,
} as const satisfies Statement;

/** $1 id. What a download needs. */
export const SELECT_CONTENT = {
  name: "content",
  text: `select owner_id, visibility, content_type, blob_hash, variants from images where id = $1`,
} as const satisfies Statement;

/** $1 id, $2 owner, $3 title, $4 content type, $5 size, $6 hash, $7 width, $8 height. */
export const INSERT_IMAGE = {
  name: "insert_image",
  text: `
    with i as (
      insert into images (id, owner_id, title, description, tags, visibility, content_type,
        size_bytes, blob_hash, width, height)
      values ($1, $2, $3, '', '{}', 'public', $4, $5, $6, $7, $8) returning *
    )
    select ${IMAGE}, false as liked from i join users u on u.id = i.owner_id`,
} as const satisfies Statement;

/** $1 id, $2 state, $3 variants, $4 placeholder. */
export const UPDATE_RENDERED = {
  name: "update_rendered",
  text: `update images set state = $2, variants = $3, placeholder = $4,
    failure = case when $2 = 'failed' then 'unreadable' end, update_time = now() where id = $1`,
} as const satisfies Statement;
