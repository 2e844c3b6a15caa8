import type { Statement } from "@triptych/chassis/database/statement";
import { PAGE_SIZE_MAX } from "@triptych/chassis/validation/page";
import { IMAGE_COLUMNS, imageColumns } from "./image-row.ts";

/**
 * The images that everyone may see in a list: `mayView` of the domain in SQL, without unlisted and
 * failed images. The condition of the indexes images_listed and images_listed_of_owner, and of
 * tagged_images.listed.
 */
const LISTED = "i.visibility = 'public' and i.state <> 'failed'";

/** $1 id, $2 viewer. */
export const SELECT_IMAGE = {
  name: "select_image",
  text: `select ${imageColumns("$2")} from images i where i.id = $1`,
} as const satisfies Statement;

/** $1 id. As SELECT_IMAGE with no viewer, who likes nothing. */
export const SELECT_SHARED_IMAGE = {
  name: "select_shared_image",
  text: `select ${IMAGE_COLUMNS} from images i where i.id = $1`,
} as const satisfies Statement;

/** $1 id. Every comment needs it, so it reads neither variants nor likes. */
export const SELECT_IMAGE_FACTS = {
  name: "select_image_facts",
  text: "select id, owner_id, visibility, comments_open, state from images where id = $1",
} as const satisfies Statement;

/** $1 ids. */
export const SELECT_IMAGES_FACTS = {
  name: "select_images_facts",
  text: "select id, owner_id, visibility, comments_open, state from images where id = any($1)",
} as const satisfies Statement;

/**
 * $1 id. Returns nothing of the image, which the next statement reads: after a wait for the lock
 * this one would return the row as it is now, and the variants of a subselect as they were before.
 */
export const LOCK_IMAGE = {
  name: "lock_image",
  text: "select from images where id = $1 for update",
} as const satisfies Statement;

/** $1 ids, $2 viewer. */
export const SELECT_IMAGES = {
  name: "select_images",
  text: `select ${imageColumns("$2")} from images i where i.id = any($1::uuid[])`,
} as const satisfies Statement;

/** $1 ids. As SELECT_IMAGES with no viewer, as SELECT_SHARED_IMAGE is for one. */
export const SELECT_SHARED_IMAGES = {
  name: "select_shared_images",
  text: `select ${IMAGE_COLUMNS} from images i where i.id = any($1::uuid[])`,
} as const satisfies Statement;

/**
 * The longest page, with the row that tells whether another follows. As a constant it lets Postgres
 * plan for a page: for a parameter it expects a tenth of the table, which it might rather read
 * whole. Each list also has the limit that is asked for, and reads no more.
 */
const PAGE = `limit ${PAGE_SIZE_MAX + 1}`;

/**
 * $1 viewer, $2 after, $3 limit. Keyset pagination over two indexes, at most one page of each:
 * what everyone sees, and what is the viewer's own.
 */
export const SELECT_LISTED_IMAGES = {
  name: "select_listed_images",
  text: `
    with page as (
      (select i.id from images i where ${LISTED} and i.id < $2 order by i.id desc limit $3)
      union
      (select i.id from images i where i.owner_id = $1 and i.id < $2 order by i.id desc limit $3)
      order by id desc ${PAGE}
    )
    select ${imageColumns("$1")} from page join images i using (id) order by i.id desc limit $3`,
} as const satisfies Statement;

/** $1 viewer, $2 after, $3 limit, $4 owner, who is not the viewer. */
export const SELECT_IMAGES_OF_OWNER = {
  name: "select_images_of_owner",
  text: `
    select ${imageColumns("$1")} from (
      select i.* from images i where i.owner_id = $4 and ${LISTED} and i.id < $2
      order by i.id desc ${PAGE}
    ) as i order by i.id desc limit $3`,
} as const satisfies Statement;

/** $1 viewer, who is the owner, $2 after, $3 limit. */
export const SELECT_OWN_IMAGES = {
  name: "select_own_images",
  text: `
    select ${imageColumns("$1")} from (
      select i.* from images i where i.owner_id = $1 and i.id < $2 order by i.id desc ${PAGE}
    ) as i order by i.id desc limit $3`,
} as const satisfies Statement;

/** $1 viewer, $2 after, $3 limit, $4 tag. As the list of all images. */
export const SELECT_TAGGED_IMAGES = {
  name: "select_tagged_images",
  text: `
    with page as (
      (select image_id from tagged_images where tag = $4 and listed and image_id < $2
        order by image_id desc limit $3)
      union
      (select image_id from tagged_images where owner_id = $1 and tag = $4 and image_id < $2
        order by image_id desc limit $3)
      order by image_id desc ${PAGE}
    )
    select ${imageColumns("$1")} from page join images i on i.id = image_id
    order by image_id desc limit $3`,
} as const satisfies Statement;

/** $1 viewer, $2 after, $3 limit, $4 tag, $5 owner, who is not the viewer. */
export const SELECT_TAGGED_IMAGES_OF_OWNER = {
  name: "select_tagged_images_of_owner",
  text: `
    with page as (
      select image_id from tagged_images
      where owner_id = $5 and tag = $4 and listed and image_id < $2
      order by image_id desc ${PAGE}
    )
    select ${imageColumns("$1")} from page join images i on i.id = image_id
    order by image_id desc limit $3`,
} as const satisfies Statement;

/** $1 viewer, who is the owner, $2 after, $3 limit, $4 tag. */
export const SELECT_OWN_TAGGED_IMAGES = {
  name: "select_own_tagged_images",
  text: `
    with page as (
      select image_id from tagged_images where owner_id = $1 and tag = $4 and image_id < $2
      order by image_id desc ${PAGE}
    )
    select ${imageColumns("$1")} from page join images i on i.id = image_id
    order by image_id desc limit $3`,
} as const satisfies Statement;

/**
 * $1 id, $2 owner, $3 title, $4 description, $5 tags, $6 visibility, $7 comments open, $8 type, $9
 * size, $10 hash, $11 time, $12 width, $13 height. Writes the image and its tags, and returns the
 * image, in one round trip.
 */
export const INSERT_IMAGE = {
  name: "insert_image",
  text: `
    with added as (
      insert into images (id, owner_id, title, description, tags, visibility, comments_open,
        content_type, size_bytes, blob_hash, create_time, update_time, width, height)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12, $13) returning *
    ), tagged as (
      insert into image_tags (image_id, tag) select $1, unnest($5::text[])
    )
    select ${imageColumns("$2")} from added i`,
} as const satisfies Statement;

/**
 * $1 id, $2 title, $3 description, $4 tags, $5 visibility, $6 comments open, $7 time, $8 viewer.
 */
export const UPDATE_IMAGE = {
  name: "update_image",
  text: `
    update images i set title = $2, description = $3, tags = $4, visibility = $5,
      comments_open = $6, version = version + 1, update_time = $7
    where i.id = $1 returning ${imageColumns("$8")}`,
} as const satisfies Statement;

/** $1 id. Deletes its variants, tags and likes too. */
export const DELETE_IMAGE = {
  name: "delete_image",
  text: "delete from images where id = $1",
} as const satisfies Statement;

/** $1 image, $2 tags. */
export const INSERT_TAGS = {
  name: "insert_tags",
  text: "insert into image_tags (image_id, tag) select $1, unnest($2::text[])",
} as const satisfies Statement;

/** $1 image. */
export const DELETE_TAGS = {
  name: "delete_tags",
  text: "delete from image_tags where image_id = $1",
} as const satisfies Statement;
