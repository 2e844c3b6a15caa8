import type { ObserveBreaker } from "@triptych/chassis/rpc/breaker";
import { createClient, type ObserveClientCall } from "@triptych/chassis/rpc/client";
import type { Transport } from "@triptych/chassis/rpc/transport";
import type { Metrics } from "@triptych/chassis/telemetry/metrics";
import { CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import { UserService } from "@triptych/protos/users/v1/user_service_pb";
import type { Sources } from "#compose/sources.ts";

/** How the services are reached: over gRPC, or within the process. */
export interface Transports {
  readonly users: Transport;
  readonly images: Transport;
  readonly comments: Transport;
}

/** Makes a client of each service, which is measured and whose breakers are watched. */
export function createSources(
  transports: Transports,
  metrics: Metrics,
  observeBreaker: ObserveBreaker,
): Sources {
  const observeCall: ObserveClientCall = ({ callee, method, code, seconds }) =>
    metrics.rpcClient.observe({ callee, method, code }, seconds);
  const optionsFor = (callee: keyof Transports) => ({
    callee,
    transport: transports[callee],
    observeCall,
    observeBreaker,
  });
  return {
    users: createClient(UserService, optionsFor("users")),
    images: createClient(ImageService, optionsFor("images")),
    comments: createClient(CommentService, optionsFor("comments")),
  };
}
