import { Metadata } from "@grpc/grpc-js";
import { acceptRequestId } from "./request-id.ts";
import type { CallHeaders } from "./transport.ts";

const REQUEST_ID = "x-request-id";
const AUTHORIZATION = "authorization";

/** Writes a call's headers as gRPC metadata. */
export function toMetadata(headers: CallHeaders): Metadata {
  const metadata = new Metadata();
  if (headers.requestId !== undefined) metadata.set(REQUEST_ID, headers.requestId);
  if (headers.authorization !== undefined) metadata.set(AUTHORIZATION, headers.authorization);
  return metadata;
}

/** Reads a call's headers from gRPC metadata. */
export function fromMetadata(metadata: Metadata): Pick<CallHeaders, "requestId" | "authorization"> {
  return {
    requestId: acceptRequestId(first(metadata, REQUEST_ID)),
    authorization: first(metadata, AUTHORIZATION),
  };
}

function first(metadata: Metadata, name: string): string | undefined {
  return metadata.get(name)[0]?.toString();
}
