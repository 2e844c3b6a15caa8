import { findAtCallee } from "@triptych/chassis/contract/find-at-callee";
import { callContextOf } from "@triptych/chassis/rpc/call-context";
import type { Client } from "@triptych/chassis/rpc/client/client";
import { ImageState } from "@triptych/protos/images/v1/image_pb";
import type { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import type { AvatarImages } from "#domain/avatar-images.ts";

const IMAGES = { callee: "images", notFound: "IMAGE_NOT_FOUND" };

/** Calls the images service about avatars, with the user's own token. */
export function createImagesClient(
  images: Pick<Client<typeof ImageService>, "getImageFacts">,
): AvatarImages {
  return {
    async findImage(id, asker) {
      const context = callContextOf(asker);
      const image = await findAtCallee(IMAGES, () => images.getImageFacts({ id }, context));
      return image && { ownerId: image.ownerId, ready: image.state === ImageState.READY };
    },
  };
}
