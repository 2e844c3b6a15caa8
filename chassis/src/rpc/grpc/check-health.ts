import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Int32ValueSchema, StringValueSchema } from "@bufbuild/protobuf/wkt";
import { type Client, Metadata } from "@grpc/grpc-js";
import { fromServiceError } from "#contract/status-details.ts";
import type { CalleeHealth } from "#rpc/transport.ts";

const CHECK = "/grpc.health.v1.Health/Check";
/**
 * grpc.health.v1 has no status for a service that refuses writes only. It is SERVING, and the
 * response has this header.
 */
export const READ_ONLY_HEADER = "x-read-only";
/** HealthCheckResponse.ServingStatus.SERVING of grpc.health.v1. */
const SERVING = 1;

/**
 * Calls the health check of a service (grpc.health.v1). Throws an RpcError if there is no answer in
 * time.
 *
 * HealthCheckRequest has one field, a string, and HealthCheckResponse has one, an enum. On the wire
 * they are a StringValue and an Int32Value, so a client needs no second protobuf library, which
 * takes 5 MB in each process.
 */
export function checkHealth(
  client: Client,
  service: string,
  timeoutMs: number,
): Promise<CalleeHealth> {
  return new Promise((resolve, reject) => {
    let isReadOnly = false;
    const call = client.makeUnaryRequest(
      CHECK,
      (value: string) =>
        Buffer.from(toBinary(StringValueSchema, create(StringValueSchema, { value }))),
      (bytes) => fromBinary(Int32ValueSchema, bytes).value,
      service,
      new Metadata(),
      { deadline: Date.now() + timeoutMs },
      (error, status) => {
        if (error) reject(fromServiceError(error));
        else if (status !== SERVING) resolve("not-serving");
        else resolve(isReadOnly ? "read-only" : "serving");
      },
    );
    call.on("metadata", (headers) => {
      isReadOnly = headers.get(READ_ONLY_HEADER).length > 0;
    });
  });
}
