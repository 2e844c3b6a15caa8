import { status } from "@grpc/grpc-js";
import { Failure } from "#contract/failure.ts";
import { RpcError, refusal } from "#contract/rpc-error.ts";
import type { Implementation } from "./handlers.ts";

/**
 * Translates an outage of something that handlers use, such as their database, into the status that
 * the caller receives; returns undefined for any other error. `signal` is the call's.
 */
export type FailureOf = (thrown: unknown, signal: AbortSignal) => RpcError | undefined;

/**
 * Translates what a handler threw into what the caller receives: a reason by the implementation's
 * table, an outage by `failureOf`, and anything else, which is a defect, into INTERNAL.
 */
export function toRpcError(
  thrown: unknown,
  { reasonStatus, errorDomain: domain }: Pick<Implementation, "reasonStatus" | "errorDomain">,
  outage: () => RpcError | undefined,
): RpcError {
  if (thrown instanceof RpcError) return thrown;
  if (thrown instanceof Failure) {
    const code = reasonStatus[thrown.reason];
    if (code !== undefined) {
      const { reason, message, metadata, violations, retryAfterMs } = thrown;
      const details = { reason, domain, metadata, violations, retryAfterMs, cause: thrown };
      return refusal(code, message, details);
    }
  }
  return (
    outage() ?? refusal(status.INTERNAL, "internal error", { reason: "INTERNAL", cause: thrown })
  );
}
