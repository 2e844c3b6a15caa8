import type { Database } from "@triptych/chassis/database/database";
import type { Statement } from "@triptych/chassis/database/statement";
import type { ProcessingRepository } from "#domain/processing-repository.ts";
import { LARGEST_WORKLOAD } from "#domain/render-job.ts";
import { type EnqueueImage, takeTurn } from "./render-turns.ts";
import { retainBlobs } from "./retain-blobs.ts";

/** $1 id. */
const START_IMAGE = {
  name: "start_image",
  text: `
    with started as (
      update render_turns set started = true where image_id = $1
    )
    select blob_hash, width, height, lost_tries from images
    where id = $1 and state = 'processing'`,
} as const satisfies Statement;

/** $1 id. The lock waits for a deletion in progress, and then finds no image. */
const SELECT_UNPROCESSED_OWNER = {
  name: "select_unprocessed_owner",
  text: "select owner_id from images where id = $1 and state = 'processing' for key share",
} as const satisfies Statement;

/** $1 id. */
const BEGIN_TRY = {
  name: "begin_try",
  text: "update images set lost_tries = lost_tries + 1 where id = $1",
} as const satisfies Statement;

/** $1 id. */
const END_TRY = {
  name: "end_try",
  text: "update images set lost_tries = 0 where id = $1",
} as const satisfies Statement;

interface UnprocessedRow {
  readonly blob_hash: string;
  readonly width: number;
  readonly height: number;
  readonly lost_tries: number;
}

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
    with over as (delete from render_turns where image_id = $1)
    update images set state = 'ready', width = $2, height = $3, placeholder = $4, update_time = $5
    where id = $1`,
} as const satisfies Statement;

/** $1 id, $2 failure, $3 time. The size in the header is of no picture, so it goes. */
const FAIL_IMAGE = {
  name: "fail_image",
  text: `
    with over as (delete from render_turns where image_id = $1)
    update images set state = 'failed', failure = $2, width = 0, height = 0, update_time = $3
    where id = $1 and state = 'processing'`,
} as const satisfies Statement;

/** Turns that a version before this one left, which knew of none. */
const DELETE_STALE_TURNS = {
  name: "delete_stale_turns",
  text: `
    delete from render_turns using images
    where images.id = render_turns.image_id and images.state <> 'processing'`,
} as const satisfies Statement;

/**
 * Stores the results of processing in Postgres. Does not change the image's version, which counts
 * its owner's changes.
 */
export function createProcessingRepository(
  database: Database,
  enqueue: EnqueueImage,
): ProcessingRepository {
  return {
    async startImage(id) {
      const { rows } = await database.for(id).write<UnprocessedRow>(START_IMAGE, [id]);
      const [row] = rows;
      if (row === undefined) return undefined;
      const { blob_hash: blobHash, width, height, lost_tries: lostTries } = row;
      return { blobHash, size: width > 0 ? { width, height } : undefined, lostTries };
    },
    async beginTry(id) {
      await database.for(id).write(BEGIN_TRY, [id]);
    },
    async endTry(id) {
      await database.for(id).write(END_TRY, [id]);
    },
    postponeImage: (id, earlierAttempts) =>
      database.for(id).transaction(async (connection) => {
        const { rows } = await connection.query<{ owner_id: string }>(SELECT_UNPROCESSED_OWNER, [
          id,
        ]);
        if (rows[0] === undefined) return false;
        const { cost, isSmall } = LARGEST_WORKLOAD;
        const turn = await takeTurn(connection, { imageId: id, ownerId: rows[0].owner_id, cost });
        await enqueue(connection, { imageId: id, turn, isSmall, earlierAttempts });
        return true;
      }),
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
    async removeStaleTurns() {
      await database.for("").write(DELETE_STALE_TURNS, []);
    },
  };
}
