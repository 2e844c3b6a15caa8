import { status } from "@grpc/grpc-js";
import type { Reason } from "#domain/reasons.ts";

/** The domain of the reasons in `google.rpc.ErrorInfo`. */
export const ERROR_DOMAIN = "comments.triptych";

/** The gRPC status of every reason. */
export const REASON_STATUS = {
  INVALID_ARGUMENT: status.INVALID_ARGUMENT,
  UNAUTHENTICATED: status.UNAUTHENTICATED,
  COMMENT_NOT_FOUND: status.NOT_FOUND,
  IMAGE_NOT_FOUND: status.NOT_FOUND,
  PARENT_NOT_FOUND: status.NOT_FOUND,
  TOO_DEEP: status.FAILED_PRECONDITION,
  COMMENTS_CLOSED: status.PERMISSION_DENIED,
  EDIT_WINDOW_OVER: status.PERMISSION_DENIED,
  NOT_COMMENT_AUTHOR: status.PERMISSION_DENIED,
  ETAG_MISMATCH: status.ABORTED,
  DEPENDENCY_UNAVAILABLE: status.UNAVAILABLE,
} as const satisfies Record<Reason, status>;
