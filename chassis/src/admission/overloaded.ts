import { status } from "@grpc/grpc-js";
import { RpcError } from "#contract/rpc-error.ts";

/** The limit adapts within a second. */
const RETRY_AFTER_MS = 1_000;

/** Returns the error of a call that is shed: RESOURCE_EXHAUSTED, `OVERLOADED`. */
export function overloaded(cause?: unknown): RpcError {
  return new RpcError(status.RESOURCE_EXHAUSTED, "too much to do: try again in a moment", {
    reason: "OVERLOADED",
    retryAfterMs: RETRY_AFTER_MS,
    cause,
  });
}
