import type { Database } from "@triptych/chassis/database/database";
import type { Statement } from "@triptych/chassis/database/statement";
import type { ProcessingRepository } from "#domain/processing-repository.ts";
import { retainBlobs } from "./retain-blobs.ts";

/** $1 id. */
const SELECT_UNPROCESSED_IMAGE = {
  name: "select_unprocessed_image",
  text: "select blob_hash from images where id = $1 and state = 'processing'",
} as const satisfies Statement;

/** $1 id. */
const LOCK_UNPROCESSED_IMAGE = {
  name: "lock_unprocessed_image",
  text: "select id from images where id = $1 and state = 'processing' for update",
} as const satisfies Statement;

/** $1 image, $2 names, $3 widths, $4 heights, $5 types, $6 sizes, $7 hashes. */
const INSERT_VARIANTS = {
  name: "insert_variants",
  text: `
    insert into variants (image_id, name, width, height, content_type, size_bytes, blob_hash)
    select $1, * from
      unnest($2::text[], $3::integer[], $4::integer[], $5::text[], $6::integer[], $7::text[])`,
} as const satisfies Statement;

/** $1 id, $2 width, $3 height, $4 placeholder, $5 time. */
const COMPLETE_IMAGE = {
  name: "complete_image",
  text: `
    update images set state = 'ready', width = $2, height = $3, placeholder = $4, update_time = $5
    where id = $1`,
} as const satisfies Statement;

/** $1 id, $2 failure, $3 time. The size in the header is of no picture, so it goes. */
const FAIL_IMAGE = {
  name: "fail_image",
  text: `
    update images set state = 'failed', failure = $2, width = 0, height = 0, update_time = $3
    where id = $1 and state = 'processing'`,
} as const satisfies Statement;

/**
 * Stores the results of processing in Postgres. Does not change the image's version, which counts
 * its owner's changes.
 */
export function createProcessingRepository(database: Database): ProcessingRepository {
  return {
    async findUnprocessed(id) {
      const { rows } = await database
        .for(id)
        .readCurrent<{ blob_hash: string }>(SELECT_UNPROCESSED_IMAGE, [id]);
      return rows[0]?.blob_hash;
    },
    completeImage: (id, { rendition, updateTime }, storeBytes) =>
      database.for(id).transaction(async (connection) => {
        // A deletion waits for this lock, or has committed before it.
        const locked = await connection.query(LOCK_UNPROCESSED_IMAGE, [id]);
        if (locked.rowCount === 0) return false;
        const { width, height, placeholder, variants } = rendition;
        await retainBlobs(connection, variants);
        await storeBytes();
        await connection.query(INSERT_VARIANTS, [
          id,
          variants.map((variant) => variant.name),
          variants.map((variant) => variant.width),
          variants.map((variant) => variant.height),
          variants.map((variant) => variant.contentType),
          variants.map((variant) => variant.sizeBytes),
          variants.map((variant) => variant.blobHash),
        ]);
        await connection.query(COMPLETE_IMAGE, [id, width, height, placeholder, updateTime]);
        return true;
      }),
    async failImage(id, { failure, updateTime }) {
      await database.for(id).write(FAIL_IMAGE, [id, failure, updateTime]);
    },
  };
}
