import type pg from "pg";
import { insertRows } from "./insert-rows.ts";
import { pictureOf } from "./picture-of.ts";
import type { WorldPlan } from "./plan-world.ts";
import type { UploadedPicture } from "./uploaded-pictures.ts";
import { commentRows, imageRow, likeRows } from "./world-rows.ts";

/** Fills the database of images. The users are there, and the pictures are uploaded. */
export async function fillImages(
  client: pg.Client,
  plan: WorldPlan,
  pictures: readonly UploadedPicture[],
): Promise<void> {
  const images = plan.images.map((image, index) => ({
    ...imageRow(plan, image, pictureOf(pictures, index)),
    placeholder: `\\x${pictureOf(pictures, index).placeholder.toString("hex")}`,
  }));
  const variants = plan.images.flatMap(({ id }, index) =>
    pictureOf(pictures, index).variants.map(({ name, width, height, ...variant }) => ({
      image_id: id,
      name,
      width,
      height,
      content_type: variant.contentType,
      size_bytes: variant.sizeBytes,
      blob_hash: variant.hash,
    })),
  );
  const tags = plan.images.flatMap(({ id, tags }) => tags.map((tag) => ({ image_id: id, tag })));
  await insertRows(client, "images", images);
  await insertRows(client, "variants", variants);
  await insertRows(client, "image_tags", tags);
  // The trigger that writes these rows does not run here, like the foreign keys.
  await client.query(`
    insert into tagged_images (image_id, tag, owner_id, listed)
    select id, unnest(tags), owner_id, visibility = 'public' and state <> 'failed' from images`);
  await insertRows(client, "likes", likeRows(plan));
  await client.query(`
    update blobs set reference_count = (select count(*) from images where blob_hash = hash)
      + (select count(*) from variants where blob_hash = hash)`);
}

/** Fills the database of comments. */
export async function fillComments(client: pg.Client, plan: WorldPlan): Promise<void> {
  await insertRows(client, "comments", commentRows(plan));
  await client.query(`
    insert into image_comment_counts (image_id, count)
    select image_id, count(*) from comments group by image_id`);
}
