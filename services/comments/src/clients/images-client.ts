import { isUnavailable, RpcError } from "@triptych/chassis/contract/rpc-error";
import type { Client } from "@triptych/chassis/rpc/client/client";
import type { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import type { Images } from "#domain/image-facts.ts";
import { dependencyUnavailable } from "#domain/reasons.ts";

/** What the callee's breaker needs to try again, and some more. */
const RETRY_AFTER_MS_DEFAULT = 1_000;

/** The reason of images.v1 that says: none, or none for this caller. */
const IMAGE_NOT_FOUND = "IMAGE_NOT_FOUND";

/**
 * Asks the images service, with the caller's own token, so that it is images that decides who sees
 * what.
 */
export function createImagesClient(images: Pick<Client<typeof ImageService>, "getImage">): Images {
  return {
    async findImage(id, context) {
      try {
        const { ownerId, commentsOpen } = await images.getImage({ id }, context);
        return { ownerId, commentsOpen };
      } catch (thrown) {
        if (thrown instanceof RpcError && thrown.reason === IMAGE_NOT_FOUND) return undefined;
        if (isUnavailable(thrown)) {
          const retryAfterMs = thrown.retryAfterMs ?? RETRY_AFTER_MS_DEFAULT;
          throw dependencyUnavailable("images", retryAfterMs, thrown);
        }
        throw thrown;
      }
    },
  };
}
