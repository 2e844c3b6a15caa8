import { status } from "@grpc/grpc-js";
import { RETRY_AFTER_MS } from "#contract/retry-after.ts";
import { type RpcError, refusal } from "#contract/rpc-error.ts";

/** Returns the error of a call that is shed: RESOURCE_EXHAUSTED, `OVERLOADED`. */
export function overloaded(cause?: unknown): RpcError {
  return refusal(status.RESOURCE_EXHAUSTED, "too much to do: try again in a moment", {
    reason: "OVERLOADED",
    retryAfterMs: RETRY_AFTER_MS,
    cause,
  });
}
