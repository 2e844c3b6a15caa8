import { status } from "@grpc/grpc-js";
import type { Reason } from "#domain/reasons.ts";

/** The domain of the reasons, in `google.rpc.ErrorInfo`. */
export const ERROR_DOMAIN = "users.triptych";

/** The gRPC status of every reason. */
export const REASON_STATUS = {
  INVALID_ARGUMENT: status.INVALID_ARGUMENT,
  UNAUTHENTICATED: status.UNAUTHENTICATED,
  HANDLE_TAKEN: status.ALREADY_EXISTS,
  EMAIL_TAKEN: status.ALREADY_EXISTS,
  BAD_CREDENTIALS: status.UNAUTHENTICATED,
  SESSION_REVOKED: status.UNAUTHENTICATED,
  SESSION_NOT_FOUND: status.NOT_FOUND,
  USER_NOT_FOUND: status.NOT_FOUND,
  AVATAR_NOT_USABLE: status.FAILED_PRECONDITION,
  ETAG_MISMATCH: status.ABORTED,
  HASHING_OVERLOADED: status.RESOURCE_EXHAUSTED,
  DEPENDENCY_UNAVAILABLE: status.UNAVAILABLE,
} as const satisfies Record<Reason, status>;
