import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { anyPack, anyUnpack, durationFromMs, durationMs } from "@bufbuild/protobuf/wkt";
import { Metadata, type ServiceError, type StatusObject, status } from "@grpc/grpc-js";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
} from "@triptych/protos/google/rpc/error_details_pb";
import { type Status, StatusSchema } from "@triptych/protos/google/rpc/status_pb";
import { RpcError, type RpcErrorDetails } from "./rpc-error.ts";

/** The trailer of gRPC with a `google.rpc.Status` and its details. */
const DETAILS_TRAILER = "grpc-status-details-bin";

/** When a gRPC client may retry, in milliseconds; below 0: not at all (gRPC proposal A6). */
const PUSHBACK_TRAILER = "grpc-retry-pushback-ms";

/** Turns an error into what grpc-js sends: status, message, and the details in the trailer. */
export function toStatusObject(error: RpcError): StatusObject {
  const metadata = new Metadata();
  const details = [];
  if (error.reason !== "") {
    const { reason, domain, metadata: entries } = error;
    details.push(
      anyPack(ErrorInfoSchema, create(ErrorInfoSchema, { reason, domain, metadata: entries })),
    );
  }
  if (error.violations.length > 0) {
    const fieldViolations = error.violations.map(({ field, message }) => ({
      field,
      description: message,
    }));
    details.push(anyPack(BadRequestSchema, create(BadRequestSchema, { fieldViolations })));
  }
  if (error.retryAfterMs !== undefined) {
    const retryDelay = durationFromMs(error.retryAfterMs);
    details.push(anyPack(RetryInfoSchema, create(RetryInfoSchema, { retryDelay })));
  }
  const pushback = pushbackOf(error);
  if (pushback !== undefined) metadata.set(PUSHBACK_TRAILER, String(pushback));
  if (details.length > 0) {
    const message = create(StatusSchema, { code: error.code, message: error.message, details });
    metadata.set(DETAILS_TRAILER, Buffer.from(toBinary(StatusSchema, message)));
  }
  return { code: error.code, details: error.message, metadata };
}

/**
 * An error with a time to wait is a decision of the callee. A call that was shed may be retried
 * after that time. If the callee lacks something that all its replicas share, its database, a retry
 * would fail in the same way.
 */
function pushbackOf({ code, retryAfterMs }: RpcError): number | undefined {
  if (retryAfterMs === undefined) return undefined;
  return code === status.RESOURCE_EXHAUSTED ? Math.ceil(retryAfterMs) : -1;
}

/** Turns an error of grpc-js into an {@link RpcError}, with the details that the callee sent. */
export function fromServiceError(error: ServiceError): RpcError {
  return new RpcError(error.code ?? status.UNKNOWN, error.details ?? error.message, {
    ...(error.metadata && readDetails(error.metadata)),
    cause: error,
  });
}

const NO_DETAILS: RpcErrorDetails = {};
const known = new WeakMap<Metadata, RpcErrorDetails>();

/**
 * Reads the details that a callee sent in its trailers. The balancer reads them, and then the
 * transport; they are decoded once.
 */
export function readDetails(trailers: Metadata): RpcErrorDetails {
  const [trailer] = trailers.get(DETAILS_TRAILER);
  if (!Buffer.isBuffer(trailer)) return NO_DETAILS;
  const details = known.get(trailers) ?? decodeDetails(trailer);
  known.set(trailers, details);
  return details;
}

function decodeDetails(trailer: Buffer): RpcErrorDetails {
  let message: Status;
  try {
    message = fromBinary(StatusSchema, trailer);
  } catch {
    // A foreign peer may send anything. Then only the status is known.
    return {};
  }
  let details: RpcErrorDetails = {};
  for (const packed of message.details) {
    const info = anyUnpack(packed, ErrorInfoSchema);
    if (info) {
      details = { ...details, reason: info.reason, domain: info.domain, metadata: info.metadata };
    }
    const badRequest = anyUnpack(packed, BadRequestSchema);
    if (badRequest) {
      const violations = badRequest.fieldViolations.map(({ field, description }) => ({
        field,
        message: description,
      }));
      details = { ...details, violations };
    }
    const retry = anyUnpack(packed, RetryInfoSchema);
    if (retry?.retryDelay) details = { ...details, retryAfterMs: durationMs(retry.retryDelay) };
  }
  return details;
}
