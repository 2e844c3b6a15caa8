import { RETRY_AFTER_MS } from "@triptych/chassis/contract/retry-after";
import { BlobStoreUnavailable } from "#domain/blob-store.ts";
import { blobsUnavailable } from "#domain/reasons.ts";

/**
 * Maps the outage of the blob store to a reason, which callers and their circuit breakers treat
 * like a database outage. Returns every other error as it is.
 */
export function toBlobStoreOutage(thrown: unknown): unknown {
  return thrown instanceof BlobStoreUnavailable ? blobsUnavailable(RETRY_AFTER_MS, thrown) : thrown;
}
