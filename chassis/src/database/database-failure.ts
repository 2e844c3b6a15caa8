import { status } from "@grpc/grpc-js";
import { overloaded } from "#admission/overloaded.ts";
import { deadlineExceeded } from "#contract/cancellation.ts";
import { RETRY_AFTER_MS } from "#contract/retry-after.ts";
import { RpcError, refusal } from "#contract/rpc-error.ts";
import {
  DatabaseReadOnly,
  DatabaseUnavailable,
  PoolBusy,
  QueryCanceled,
} from "./database-error.ts";

/**
 * Translates what a database call throws into the status that the service's caller receives:
 * READ_ONLY, OVERLOADED, DATABASE_UNAVAILABLE, or the error with which the call's own signal fired.
 * Returns undefined for any other error: that is a defect. A router is given this function, so that
 * `rpc/` need not know that there are databases.
 */
export function databaseFailure(thrown: unknown, signal: AbortSignal): RpcError | undefined {
  if (thrown instanceof QueryCanceled) {
    return signal.reason instanceof RpcError ? signal.reason : deadlineExceeded();
  }
  if (!(thrown instanceof DatabaseUnavailable)) return undefined;
  if (thrown instanceof PoolBusy) return overloaded(thrown);
  if (thrown instanceof DatabaseReadOnly) {
    return refusal(status.UNAVAILABLE, "the service takes no writes now", {
      reason: "READ_ONLY",
      retryAfterMs: RETRY_AFTER_MS,
      cause: thrown,
    });
  }
  return refusal(status.UNAVAILABLE, "the service's database cannot be asked", {
    reason: "DATABASE_UNAVAILABLE",
    retryAfterMs: RETRY_AFTER_MS,
    cause: thrown,
  });
}
