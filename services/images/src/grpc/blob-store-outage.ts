import { RETRY_AFTER_MS } from "@triptych/chassis/contract/retry-after";
import { BlobStoreUnavailable } from "#domain/blob-store.ts";
import { blobsUnavailable } from "#domain/reasons.ts";

/**
 * Turns the outage of a store of bytes into a reason, which callers and their breakers understand
 * as they do a database's. Returns everything else as it is.
 */
export function toBlobStoreOutage(thrown: unknown): unknown {
  return thrown instanceof BlobStoreUnavailable ? blobsUnavailable(RETRY_AFTER_MS, thrown) : thrown;
}
