import { status } from "@grpc/grpc-js";
import { RpcError } from "#contract/rpc-error.ts";

/** A limit learns within a second whether there is room again. */
const RETRY_AFTER_MS = 1_000;

/**
 * Makes the error of a call that is not taken on, since there is too much to do that matters as
 * much or more.
 */
export function overloaded(cause?: unknown): RpcError {
  return new RpcError(status.RESOURCE_EXHAUSTED, "too much to do: try again in a moment", {
    reason: "OVERLOADED",
    retryAfterMs: RETRY_AFTER_MS,
    cause,
  });
}
