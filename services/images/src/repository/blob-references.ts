import type { Database } from "@triptych/chassis/database/database";
import type { Statement } from "@triptych/chassis/database/statement";
import type { BlobReferences } from "#domain/blob-references.ts";

/** $1 hash. Inserts the row if there is none, so that there is always one to lock. */
const LOCK_BLOB = {
  name: "lock_blob",
  text: `
    insert into blobs (hash, size_bytes, reference_count) values ($1, 0, 0)
    on conflict (hash) do update set reference_count = blobs.reference_count
    returning reference_count`,
} as const satisfies Statement;

/** $1 hash. */
const DELETE_BLOB = {
  name: "delete_blob",
  text: "delete from blobs where hash = $1 and reference_count = 0",
} as const satisfies Statement;

/** $1 limit. */
const SELECT_UNREFERENCED_BLOBS = {
  name: "select_unreferenced_blobs",
  text: "select hash from blobs where reference_count = 0 limit $1",
} as const satisfies Statement;

/**
 * Counts references to bytes in Postgres. A transaction that stores the same bytes meanwhile waits
 * for the row's lock.
 */
export function createBlobReferences(database: Database): BlobReferences {
  return {
    ifUnreferenced: (hash, remove) =>
      database.for(hash).transaction(async (connection) => {
        const { rows } = await connection.query<{ reference_count: number }>(LOCK_BLOB, [hash]);
        if (rows[0]?.reference_count !== 0) return;
        await remove();
        await connection.query(DELETE_BLOB, [hash]);
      }),
    async findUnreferenced(limit) {
      const { rows } = await database
        .for("")
        .readCurrent<{ hash: string }>(SELECT_UNREFERENCED_BLOBS, [limit]);
      return rows.map(({ hash }) => hash);
    },
  };
}
