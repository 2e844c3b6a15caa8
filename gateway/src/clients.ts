import { createClient } from "@triptych/chassis/rpc/client/client";
import type { ClientOptions } from "@triptych/chassis/rpc/client/method-client";
import type { Transport } from "@triptych/chassis/rpc/transport";
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

/** Makes a client of each service. */
export function createSources(
  transports: Transports,
  options: Omit<ClientOptions, "callee" | "transport">,
): Sources {
  const optionsFor = (callee: keyof Transports) => ({
    ...options,
    callee,
    transport: transports[callee],
  });
  return {
    users: createClient(UserService, optionsFor("users")),
    images: createClient(ImageService, optionsFor("images")),
    comments: createClient(CommentService, optionsFor("comments")),
  };
}
