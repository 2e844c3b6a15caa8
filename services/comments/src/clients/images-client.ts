import { findAtCallee } from "@triptych/chassis/contract/find-at-callee";
import type { Client } from "@triptych/chassis/rpc/client/client";
import type { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import type { Images } from "#domain/image-facts.ts";

const IMAGES = { callee: "images", notFound: "IMAGE_NOT_FOUND" };

/**
 * Asks the images service, with the caller's own token, so that it is images that decides who sees
 * what.
 */
export function createImagesClient(images: Pick<Client<typeof ImageService>, "getImage">): Images {
  return {
    async findImage(id, context) {
      const image = await findAtCallee(IMAGES, () => images.getImage({ id }, context));
      return image && { ownerId: image.ownerId, commentsOpen: image.commentsOpen };
    },
  };
}
