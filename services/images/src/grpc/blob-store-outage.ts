import { BlobStoreUnavailable } from "#domain/blob-store.ts";
import { blobsUnavailable } from "#domain/reasons.ts";

const RETRY_AFTER_MS = 1_000;

/**
 * Mutex a store of bytes that cannot be asked into what callers and breakers are told, as of a
 * database; gives all else back.
 */
export function toBlobStoreOutage(thrown: unknown): unknown {
  return thrown instanceof BlobStoreUnavailable ? blobsUnavailable(RETRY_AFTER_MS, thrown) : thrown;
}
