import { type Client, createClient } from "@triptych/chassis/rpc/client/client";
import type { ClientOptions } from "@triptych/chassis/rpc/client/method-client";
import type { Transport } from "@triptych/chassis/rpc/transport";
import { CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import { UserService } from "@triptych/protos/users/v1/user_service_pb";

/** The connections to the services: over gRPC, or within the process. */
export interface Transports {
  readonly users: Transport;
  readonly images: Transport;
  readonly comments: Transport;
}

/** A typed client of each service. */
export interface Clients {
  readonly users: Client<typeof UserService>;
  readonly images: Client<typeof ImageService>;
  readonly comments: Client<typeof CommentService>;
}

/** Creates the client of each service: deadlines, circuit breakers and caches included. */
export function createClients(
  transports: Transports,
  options: Omit<ClientOptions, "callee" | "transport">,
): Clients {
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
