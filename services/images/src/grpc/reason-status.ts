import { status } from "@grpc/grpc-js";
import type { Reason } from "#domain/reasons.ts";

/** The domain of these reasons in `google.rpc.ErrorInfo`. */
export const ERROR_DOMAIN = "images.triptych";

/** The gRPC status of every reason. */
export const REASON_STATUS = {
  INVALID_ARGUMENT: status.INVALID_ARGUMENT,
  UNAUTHENTICATED: status.UNAUTHENTICATED,
  IMAGE_NOT_FOUND: status.NOT_FOUND,
  NOT_IMAGE_OWNER: status.PERMISSION_DENIED,
  NOT_AN_IMAGE: status.INVALID_ARGUMENT,
  TOO_LARGE: status.INVALID_ARGUMENT,
  TOO_MANY_PIXELS: status.INVALID_ARGUMENT,
  VARIANT_NOT_FOUND: status.NOT_FOUND,
  ORIGINAL_FORBIDDEN: status.PERMISSION_DENIED,
  RANGE_NOT_SATISFIABLE: status.OUT_OF_RANGE,
  ETAG_MISMATCH: status.ABORTED,
  UPLOADS_OVERLOADED: status.RESOURCE_EXHAUSTED,
  TOO_MANY_UPLOADS: status.RESOURCE_EXHAUSTED,
  STORAGE_FULL: status.RESOURCE_EXHAUSTED,
  BLOBS_UNAVAILABLE: status.UNAVAILABLE,
  // An answer about one image, and not an outage: it says nothing about any other.
  BYTES_MISSING: status.NOT_FOUND,
} as const satisfies Record<Reason, status>;
