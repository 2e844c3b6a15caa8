import type { Connection } from "@triptych/chassis/database/connection";
import type { Statement } from "@triptych/chassis/database/statement";

/** A reference to stored bytes. */
export interface BlobReference {
  readonly blobHash: string;
  readonly sizeBytes: number;
}

/**
 * $1 hashes, $2 sizes; a hash may occur twice. Locks in the order of the hashes, so that two
 * callers cannot deadlock.
 */
const RETAIN_BLOBS = {
  name: "retain_blobs",
  text: `
    insert into blobs (hash, size_bytes, reference_count)
    select hash, max(size_bytes), count(*)
    from unnest($1::text[], $2::integer[]) as added (hash, size_bytes)
    group by hash order by hash
    on conflict (hash) do update
      set reference_count = blobs.reference_count + excluded.reference_count`,
} as const satisfies Statement;

/** $1 hashes. Locks in the order of the hashes, as above. */
const LOCK_BLOBS = {
  name: "lock_blobs",
  text: "select hash from blobs where hash = any($1::text[]) order by hash for update",
} as const satisfies Statement;

/**
 * $1 hashes; a hash may occur twice. A count that was too low stops at 0: the removal of the bytes
 * then finds the rows that name them.
 */
const RELEASE_BLOBS = {
  name: "release_blobs",
  text: `
    update blobs set reference_count = greatest(reference_count - released.count, 0)
    from (select hash, count(*) from unnest($1::text[]) as given (hash) group by hash) as released
    where blobs.hash = released.hash
    returning blobs.hash, blobs.reference_count`,
} as const satisfies Statement;

/**
 * Adds references, and holds their locks until the transaction ends, so that nobody removes the
 * bytes meanwhile.
 */
export async function retainBlobs(
  connection: Connection,
  references: readonly BlobReference[],
): Promise<void> {
  const hashes = references.map(({ blobHash }) => blobHash);
  const sizes = references.map(({ sizeBytes }) => sizeBytes);
  await connection.query(RETAIN_BLOBS, [hashes, sizes]);
}

/**
 * Removes references, after the rows that held them. Returns the hashes that nobody refers to any
 * more.
 */
export async function releaseBlobs(
  connection: Connection,
  hashes: readonly string[],
): Promise<readonly string[]> {
  await connection.query(LOCK_BLOBS, [hashes]);
  const { rows } = await connection.query<{ hash: string; reference_count: number }>(
    RELEASE_BLOBS,
    [hashes],
  );
  return rows.filter((row) => row.reference_count === 0).map(({ hash }) => hash);
}
