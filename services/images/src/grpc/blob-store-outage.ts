import { status } from "@grpc/grpc-js";
import { RpcError } from "@triptych/chassis/rpc/rpc-error";
import { BlobStoreUnavailable } from "#domain/blob-store.ts";

const RETRY_AFTER_MS = 1_000;

/** Turns a store of bytes that cannot be asked into what callers and breakers are told, as of a database; gives all else back. */
export function toBlobStoreOutage(thrown: unknown): unknown {
  if (!(thrown instanceof BlobStoreUnavailable)) return thrown;
  return new RpcError(status.UNAVAILABLE, thrown.message, {
    reason: "BLOBS_UNAVAILABLE",
    retryAfterMs: RETRY_AFTER_MS,
    cause: thrown,
  });
}
