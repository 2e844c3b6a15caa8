import { findAtCallee } from "@triptych/chassis/contract/find-at-callee";
import { callContextOf } from "@triptych/chassis/rpc/call-context";
import type { Client } from "@triptych/chassis/rpc/client/client";
import type { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import type { ImageLookup } from "#domain/image-lookup.ts";

const IMAGES = { callee: "images", notFound: "IMAGE_NOT_FOUND" };

/**
 * Calls the images service with the asker's own token, so that images decides who sees what.
 */
export function createImagesClient(
  images: Pick<Client<typeof ImageService>, "getImageFacts">,
): ImageLookup {
  return {
    async findImage(id, asker) {
      const context = callContextOf(asker);
      const image = await findAtCallee(IMAGES, () => images.getImageFacts({ id }, context));
      return image && { ownerId: image.ownerId, commentsOpen: image.commentsOpen };
    },
  };
}
