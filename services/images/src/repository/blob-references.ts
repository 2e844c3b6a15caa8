import assert from "node:assert";
import type { Connection } from "@triptych/chassis/database/connection";
import type { Database } from "@triptych/chassis/database/database";
import type { Statement } from "@triptych/chassis/database/statement";
import type { BlobReferences, MendedCount } from "#domain/blob-references.ts";

/** $1 hash. Inserts the row if there is none, so that there is always one to lock. */
const LOCK_BLOB = {
  name: "lock_blob",
  text: `
    insert into blobs (hash, size_bytes, reference_count) values ($1, 0, 0)
    on conflict (hash) do update set reference_count = blobs.reference_count
    returning reference_count`,
} as const satisfies Statement;

/** How many rows name a content. */
const named = (hash: string) => `
  (select count(*) from images where blob_hash = ${hash})
  + (select count(*) from variants where blob_hash = ${hash})`;

/**
 * $1 hash, which is locked, in a statement before this one: with the lock in this statement, the
 * rows would be those of before the wait for it.
 */
const COUNT_NAMES = {
  name: "count_names",
  text: `select (${named("$1")})::integer as named`,
} as const satisfies Statement;

/** $1 hash, $2 count. */
const UPDATE_REFERENCE_COUNT = {
  name: "update_reference_count",
  text: "update blobs set reference_count = $2 where hash = $1",
} as const satisfies Statement;

/** $1 hash. */
const DELETE_BLOB = {
  name: "delete_blob",
  text: "delete from blobs where hash = $1",
} as const satisfies Statement;

/** $1 limit. */
const SELECT_UNREFERENCED_BLOBS = {
  name: "select_unreferenced_blobs",
  text: "select hash from blobs where reference_count = 0 limit $1",
} as const satisfies Statement;

/** $1 hash, $2 limit. Counts change with the rows, so both agree in the snapshot of a statement. */
const COMPARE_COUNTS = {
  name: "compare_counts",
  text: `
    with page as (
      select hash, reference_count from blobs where hash > $1 order by hash limit $2
    )
    select max(hash) as last,
      array_agg(hash) filter (where reference_count <> ${named("page.hash")}) as miscounted
    from page`,
} as const satisfies Statement;

interface ComparisonRow {
  readonly last: string | null;
  readonly miscounted: readonly string[] | null;
}

/**
 * Counts references to bytes in Postgres. A transaction that stores the same bytes meanwhile waits
 * for the row's lock.
 */
export function createBlobReferences(database: Database): BlobReferences {
  return {
    ifUnreferenced: (hash, remove) =>
      database.for(hash).transaction(async (connection) => {
        const counted = await lockBlob(connection, hash);
        if (counted !== 0) return undefined;
        const mended = await mend(connection, hash, counted);
        if (mended !== undefined) return mended;
        // The row goes before the bytes: a foreign key refuses that as long as anything names it.
        await connection.query(DELETE_BLOB, [hash]);
        await remove();
        return undefined;
      }),
    async findUnreferenced(limit) {
      const { rows } = await database
        .for("")
        .readCurrent<{ hash: string }>(SELECT_UNREFERENCED_BLOBS, [limit]);
      return rows.map(({ hash }) => hash);
    },
    async compareCounts(after, limit) {
      const { rows } = await database
        .for(after)
        .readCurrent<ComparisonRow>(COMPARE_COUNTS, [after, limit]);
      return { miscounted: rows[0]?.miscounted ?? [], last: rows[0]?.last ?? undefined };
    },
    recount: (hash) =>
      database
        .for(hash)
        .transaction(async (connection) =>
          mend(connection, hash, await lockBlob(connection, hash)),
        ),
  };
}

async function lockBlob(connection: Connection, hash: string): Promise<number> {
  const { rows } = await connection.query<{ reference_count: number }>(LOCK_BLOB, [hash]);
  assert(rows[0], "the statement inserts the row if there is none");
  return rows[0].reference_count;
}

/** Corrects the count of a locked row. Returns undefined if it was right. */
async function mend(
  connection: Connection,
  hash: string,
  counted: number,
): Promise<MendedCount | undefined> {
  const { rows } = await connection.query<{ named: number }>(COUNT_NAMES, [hash]);
  assert(rows[0], "a statement without a table returns one row");
  const { named } = rows[0];
  if (named === counted) return undefined;
  await connection.query(UPDATE_REFERENCE_COUNT, [hash, named]);
  return { hash, counted, named };
}
