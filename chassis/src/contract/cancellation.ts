import { status } from "@grpc/grpc-js";
import { type RpcError, refusal } from "./rpc-error.ts";

/** Returns the error of a call whose deadline passed. */
export function deadlineExceeded(): RpcError {
  const message = "the deadline passed before the call was answered";
  return refusal(status.DEADLINE_EXCEEDED, message, { reason: "DEADLINE_EXCEEDED" });
}

/** Returns the error of a call that was not begun, since too little time was left for it. */
export function deadlineTooShort(): RpcError {
  return refusal(status.DEADLINE_EXCEEDED, "too little time is left to answer the call", {
    reason: "DEADLINE_TOO_SHORT",
  });
}

/** Returns the error of a call whose caller gave up. */
export function cancelled(): RpcError {
  return refusal(status.CANCELLED, "the caller gave up", { reason: "CANCELLED" });
}
