import { createHash } from "node:crypto";
import { numberedId } from "@triptych/chassis/testing/plans/numbered-ids";
import type { ExplainedDatabase } from "@triptych/chassis/testing/plans/start-explained-database";

/** The owner of every image with an even number. */
export const OWNER = numberedId(1);
/** A user who owns one image in a hundred. */
export const STRANGER = numberedId(1001);
/** The hash of the content of image `n`. */
const CONTENT = "repeat(md5(n::text), 2)";
/** An image with many likes: one of all twenty. */
export const LIKED = 4;

/**
 * Adds the images with these numbers, each with two tags, a content, a turn of the renderer if it
 * is processed, and likes. Of those up to `shown` half are public. The others, which are newer, are
 * private, or public and failed: a list of a stranger has to pass them all.
 */
export async function addImages(
  database: ExplainedDatabase,
  { from, to, shown }: { readonly from: number; readonly to: number; readonly shown: number },
): Promise<void> {
  const numbers = `generate_series(${from}, ${to}) as n`;
  await database.query(`
    insert into blobs (hash, size_bytes, reference_count)
    select ${CONTENT}, 1000, 1 from ${numbers}`);
  await database.query(`
    insert into images (id, owner_id, title, description, tags, visibility, state, failure,
      content_type, size_bytes, blob_hash)
    select numbered_id(n), numbered_id(case when n % 2 = 0 then 1 else 1001 + n / 2 % 50 end),
      'a picture', repeat('words ', 20), array['sea', 'tag-' || n % 10],
      case when n <= ${shown}
        then (array['public', 'public', 'unlisted', 'private'])[n % 4 + 1]
        else case when n % 3 = 0 then 'public' else 'private' end
      end,
      case when n > ${shown} and n % 3 = 0 then 'failed'
        when n % 5 = 0 then 'processing' else 'ready' end,
      case when n > ${shown} and n % 3 = 0 then 'unreadable' end,
      'image/jpeg', 1000, ${CONTENT}
    from ${numbers}`);
  await database.query(`
    insert into image_tags (image_id, tag)
    select numbered_id(n), 'sea' from ${numbers}`);
  await database.query(`
    insert into variants (image_id, name, width, height, content_type, size_bytes, blob_hash)
    select id, name, 100, 100, 'image/webp', 1000, blob_hash
    from images, unnest(array['large', 'thumb']) as names (name)
    where id between numbered_id(${from}) and numbered_id(${to})
      and state = 'ready' and visibility = 'public'`);
  await database.query(`
    insert into likes (image_id, user_id, create_time)
    select numbered_id(case when n % 20 = 0 then ${LIKED} else n end), numbered_id(n),
      timestamptz '2026-01-01' + n * interval '1 second'
    from ${numbers}`);
  await database.query(`
    insert into render_turns (image_id, owner_id, virtual_start, virtual_finish, started)
    select id, owner_id, 10, 20, false from images
    where id between numbered_id(${from}) and numbered_id(${to}) and state = 'processing'`);
  await database.vacuum(
    "blobs",
    "images",
    "image_tags",
    "tagged_images",
    "variants",
    "likes",
    "render_turns",
  );
}

/** Returns the hash of the content of the image with a number. */
export function contentOf(number: number): string {
  return createHash("md5").update(String(number)).digest("hex").repeat(2);
}
