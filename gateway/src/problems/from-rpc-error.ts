import { type RpcError, statusName } from "@triptych/chassis/contract/rpc-error";
import type { ProblemCode } from "./codes.ts";
import { fieldName } from "./field-name.ts";
import { invalidFields, Problem } from "./problem.ts";
import { isKnownReason, REASON_CODES, STATUS_CODES } from "./reasons.ts";

/** Converts a service's error to a problem: by its reason, or by its status if that is unknown. */
export function fromRpcError(error: RpcError): Problem {
  const code = codeOf(error);
  if (code === "INVALID_ARGUMENT" && error.violations.length > 0) {
    const errors = error.violations.map(({ field, message }) => ({
      field: fieldName(field),
      message,
    }));
    return invalidFields(errors);
  }
  const { retryAfterMs } = error;
  const detail = mayBeShown(error) ? { detail: error.message } : {};
  return new Problem(code, { ...detail, retryAfterMs, headers: headersOf(error), cause: error });
}

function codeOf({ reason, code }: RpcError): ProblemCode {
  if (isKnownReason(reason)) return REASON_CODES[reason];
  return STATUS_CODES[statusName(code)] ?? "INTERNAL";
}

/** A domain's message is written for the client; the chassis' may name a callee or an address. */
function mayBeShown({ reason, domain, message }: RpcError): boolean {
  return (
    domain !== "" && message !== "" && isKnownReason(reason) && REASON_CODES[reason] === reason
  );
}

function headersOf({ reason, metadata }: RpcError): Record<string, string> {
  if (reason !== "RANGE_NOT_SATISFIABLE") return {};
  const size = metadata.size_bytes;
  return size === undefined ? {} : { "content-range": `bytes */${size}` };
}
