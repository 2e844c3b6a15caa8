import type { DescService } from "@bufbuild/protobuf";
import { CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import { UserService } from "@triptych/protos/users/v1/user_service_pb";

/** Every service of the contract. The checks visit each of them. */
export const SERVICES: readonly DescService[] = [UserService, ImageService, CommentService];
