import type { Client } from "@triptych/chassis/rpc/client/client";
import type { CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import type { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import type { UserService } from "@triptych/protos/users/v1/user_service_pb";

/** Whom the gateway asks. */
export interface Sources {
  readonly users: Client<typeof UserService>;
  readonly images: Client<typeof ImageService>;
  readonly comments: Client<typeof CommentService>;
}
