import { status } from "@grpc/grpc-js";
import { isUnavailable, RpcError } from "@triptych/chassis/contract/rpc-error";
import type { Client } from "@triptych/chassis/rpc/client/client";
import { ImageState } from "@triptych/protos/images/v1/image_pb";
import type { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import type { AvatarImages } from "#domain/avatar-images.ts";
import { dependencyUnavailable } from "#domain/reasons.ts";

/** Asks the images service about avatars, with the user's own token. */
export function createImagesClient(
  images: Pick<Client<typeof ImageService>, "getImage">,
): AvatarImages {
  return {
    async findImage(id, context) {
      try {
        const { ownerId, state } = await images.getImage({ id }, context);
        return { ownerId, ready: state === ImageState.READY };
      } catch (thrown) {
        if (thrown instanceof RpcError && thrown.code === status.NOT_FOUND) return undefined;
        if (isUnavailable(thrown)) throw dependencyUnavailable("images", thrown);
        throw thrown;
      }
    },
  };
}
