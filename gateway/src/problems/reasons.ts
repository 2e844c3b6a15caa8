import type { ErrorReason as CommentsReason } from "@triptych/protos/comments/v1/comment_pb";
import type { ErrorReason as ImagesReason } from "@triptych/protos/images/v1/image_pb";
import type { ErrorReason as UsersReason } from "@triptych/protos/users/v1/user_pb";
import type { ProblemCode } from "./codes.ts";

/** The reasons of the services, by their contracts. */
export type ServiceReason = Exclude<
  keyof typeof UsersReason | keyof typeof ImagesReason | keyof typeof CommentsReason,
  "UNSPECIFIED"
>;

/** The reasons of the chassis, between the gateway and a domain. */
export type ChassisReason =
  | "BREAKER_OPEN"
  | "BULKHEAD_FULL"
  | "CANCELLED"
  | "DATABASE_UNAVAILABLE"
  | "DEADLINE_EXCEEDED"
  | "DEADLINE_TOO_SHORT"
  | "INTERNAL"
  | "OVERLOADED"
  | "READ_ONLY";

/** The problem of every reason. A new reason of the contract does not compile until it is added. */
export const REASON_CODES = {
  INVALID_ARGUMENT: "INVALID_ARGUMENT",
  UNAUTHENTICATED: "UNAUTHENTICATED",
  BAD_CREDENTIALS: "BAD_CREDENTIALS",
  SESSION_REVOKED: "SESSION_REVOKED",
  COMMENTS_CLOSED: "COMMENTS_CLOSED",
  EDIT_WINDOW_OVER: "EDIT_WINDOW_OVER",
  NOT_COMMENT_AUTHOR: "NOT_COMMENT_AUTHOR",
  NOT_IMAGE_OWNER: "NOT_IMAGE_OWNER",
  ORIGINAL_FORBIDDEN: "ORIGINAL_FORBIDDEN",
  BYTES_MISSING: "BYTES_MISSING",
  COMMENT_NOT_FOUND: "COMMENT_NOT_FOUND",
  IMAGE_NOT_FOUND: "IMAGE_NOT_FOUND",
  PARENT_NOT_FOUND: "PARENT_NOT_FOUND",
  SESSION_NOT_FOUND: "SESSION_NOT_FOUND",
  USER_NOT_FOUND: "USER_NOT_FOUND",
  VARIANT_NOT_FOUND: "VARIANT_NOT_FOUND",
  EMAIL_TAKEN: "EMAIL_TAKEN",
  HANDLE_TAKEN: "HANDLE_TAKEN",
  ETAG_MISMATCH: "ETAG_MISMATCH",
  TOO_LARGE: "TOO_LARGE",
  NOT_AN_IMAGE: "NOT_AN_IMAGE",
  RANGE_NOT_SATISFIABLE: "RANGE_NOT_SATISFIABLE",
  AVATAR_NOT_USABLE: "AVATAR_NOT_USABLE",
  TOO_DEEP: "TOO_DEEP",
  TOO_MANY_PIXELS: "TOO_MANY_PIXELS",
  HASHING_OVERLOADED: "HASHING_OVERLOADED",
  UPLOADS_OVERLOADED: "UPLOADS_OVERLOADED",
  TOO_MANY_UPLOADS: "TOO_MANY_UPLOADS",
  STORAGE_FULL: "STORAGE_FULL",
  BLOBS_UNAVAILABLE: "SERVICE_UNAVAILABLE",
  DEPENDENCY_UNAVAILABLE: "SERVICE_UNAVAILABLE",
  BREAKER_OPEN: "SERVICE_UNAVAILABLE",
  BULKHEAD_FULL: "SERVICE_UNAVAILABLE",
  CANCELLED: "SERVICE_UNAVAILABLE",
  DATABASE_UNAVAILABLE: "SERVICE_UNAVAILABLE",
  DEADLINE_EXCEEDED: "SERVICE_UNAVAILABLE",
  DEADLINE_TOO_SHORT: "SERVICE_UNAVAILABLE",
  INTERNAL: "INTERNAL",
  OVERLOADED: "OVERLOADED",
  READ_ONLY: "READ_ONLY",
} as const satisfies Record<ServiceReason | ChassisReason, ProblemCode>;

/** The problem of a status, for an error without a known reason. */
export const STATUS_CODES: Readonly<Record<string, ProblemCode>> = {
  INVALID_ARGUMENT: "INVALID_ARGUMENT",
  UNAUTHENTICATED: "UNAUTHENTICATED",
  UNAVAILABLE: "SERVICE_UNAVAILABLE",
  DEADLINE_EXCEEDED: "SERVICE_UNAVAILABLE",
  RESOURCE_EXHAUSTED: "SERVICE_UNAVAILABLE",
  CANCELLED: "SERVICE_UNAVAILABLE",
};

/** Whether a reason is in the table. */
export function isKnownReason(reason: string): reason is keyof typeof REASON_CODES {
  return Object.hasOwn(REASON_CODES, reason);
}
