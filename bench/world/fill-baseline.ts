import { readFile } from "node:fs/promises";
import type pg from "pg";
import { insertRows } from "./insert-rows.ts";
import { pictureOf } from "./picture-of.ts";
import type { WorldPlan } from "./plan-world.ts";
import type { UploadedPicture } from "./uploaded-pictures.ts";
import { commentRows, imageRow, likeRows, sessionRows, userRows } from "./world-rows.ts";

const SCHEMA = new URL("../baseline/schema.sql", import.meta.url);

/** Creates the baseline's tables, and fills them with the rows that Triptych has. */
export async function fillBaseline(
  client: pg.Client,
  { plan, pictures, passwordHash }: BaselineRows,
): Promise<void> {
  await client.query(await readFile(SCHEMA, "utf8"));
  await insertRows(client, "users", userRows(plan, passwordHash));
  await insertRows(client, "sessions", sessionRows(plan));
  await insertRows(client, "images", [
    ...pictures.map(uploadedRow),
    ...plan.images.map((image, index) => ({
      ...imageRow(plan, image, pictureOf(pictures, index)),
      ...bytesOf(pictureOf(pictures, index)),
    })),
  ]);
  await insertRows(client, "likes", likeRows(plan));
  await insertRows(client, "comments", commentRows(plan));
  await client.query(`
    update images set comment_count = counts.count
    from (select image_id, count(*) from comments group by image_id) as counts
    where images.id = counts.image_id`);
}

/** The rows of a world. */
export interface BaselineRows {
  readonly plan: WorldPlan;
  readonly pictures: readonly UploadedPicture[];
  readonly passwordHash: string;
}

function uploadedRow(picture: UploadedPicture) {
  return {
    id: picture.id,
    owner_id: picture.ownerId,
    title: "An uploaded picture",
    description: "",
    tags: [],
    visibility: "public",
    comments_open: true,
    state: "ready",
    width: picture.width,
    height: picture.height,
    content_type: picture.contentType,
    size_bytes: picture.sizeBytes,
    blob_hash: picture.hash,
    like_count: 0,
    version: 1,
    create_time: picture.createTime,
    update_time: picture.updateTime,
    ...bytesOf(picture),
  };
}

/** The columns that say of bytes what Triptych has in other tables or forms. */
function bytesOf({ placeholder, variants }: UploadedPicture) {
  return {
    placeholder: placeholder.toString("base64"),
    variants: variants.map(({ name, width, height, contentType, hash }) => {
      return { name, width, height, contentType, hash };
    }),
    comment_count: 0,
  };
}
