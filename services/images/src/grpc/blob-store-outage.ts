import { RETRY_AFTER_MS } from "@triptych/chassis/contract/retry-after";
import { BlobStoreFull, BlobStoreUnavailable } from "#domain/blob-store.ts";
import { blobsUnavailable, storageFull } from "#domain/reasons.ts";

/** Nobody makes room within a second. */
const FULL_RETRY_AFTER_MS = 30_000;

/**
 * Maps the outage of the blob store to a reason, which callers and their circuit breakers treat
 * like a database outage, or like an overload if the store is full. Returns every other error as it
 * is.
 */
export function toBlobStoreOutage(thrown: unknown): unknown {
  if (thrown instanceof BlobStoreFull) return storageFull(FULL_RETRY_AFTER_MS, thrown);
  return thrown instanceof BlobStoreUnavailable ? blobsUnavailable(RETRY_AFTER_MS, thrown) : thrown;
}
