import { requireUser } from "@triptych/chassis/identity/require-user";
import type { Handlers } from "@triptych/chassis/rpc/server/handlers";
import { readEach } from "@triptych/chassis/validation/batch";
import type { ImageService, ListImagesRequest } from "@triptych/protos/images/v1/image_service_pb";
import type { Downloads } from "#domain/downloads/downloads.ts";
import type { Images } from "#domain/images.ts";
import type { Likes } from "#domain/likes.ts";
import { viewerOf } from "#domain/viewer.ts";
import { createDownloadHandler } from "./download-handler.ts";
import {
  toBatchMessage,
  toFactsMessage,
  toLikePageMessage,
  toListBatchMessage,
  toMessage,
  toPageMessage,
} from "./messages.ts";
import {
  readBatchGetImages,
  readDeleteImage,
  readId,
  readListImages,
  readListLikes,
  readUpdateImage,
} from "./requests.ts";
import { createUploadHandler, type UploadHandlerDependencies } from "./upload-handler.ts";

/** What the handlers need. */
export interface HandlersDependencies extends UploadHandlerDependencies {
  readonly images: Images;
  readonly downloads: Downloads;
  readonly likes: Likes;
}

/** The handlers of the contract's methods: who is asking, what for, and the answer as a message. */
export function createHandlers(dependencies: HandlersDependencies): Handlers<typeof ImageService> {
  const { images, downloads, likes } = dependencies;
  return {
    ...createUploadHandler(dependencies),
    ...createDownloadHandler(downloads),
    ...createLikeHandlers(likes),
    async getImage(request, context) {
      return toMessage(await images.getImage(readId(request), context));
    },
    async getImageFacts(request, context) {
      return toFactsMessage(await images.getImageFacts(readId(request), context));
    },
    async batchGetImageFacts(request, context) {
      const facts = await images.batchGetImageFacts(readBatchGetImages(request), context);
      return { facts: facts.map(toFactsMessage) };
    },
    async batchGetImages(request, context) {
      return toBatchMessage(await images.batchGetImages(readBatchGetImages(request), context));
    },
    async listImages(request, context) {
      const { list, query } = readListImages(request, viewerOf(context.caller));
      return toPageMessage(list, await images.listImages(query, context));
    },
    async batchListImages({ requests }, context) {
      const viewer = viewerOf(context.caller);
      const read = (request: ListImagesRequest) => readListImages(request, viewer);
      const pages = readEach(requests, read).map(
        async (one) => one && { list: one.list, page: await images.listImages(one.query, context) },
      );
      return toListBatchMessage(await Promise.all(pages));
    },
    async updateImage(request, context) {
      const { userId } = requireUser(context.caller);
      return toMessage(await images.updateImage(readUpdateImage(request, userId), context));
    },
    async deleteImage(request, context) {
      const { userId } = requireUser(context.caller);
      await images.deleteImage(readDeleteImage(request, userId), context);
      return {};
    },
  };
}

function createLikeHandlers(
  likes: Likes,
): Pick<Handlers<typeof ImageService>, "likeImage" | "unlikeImage" | "listLikes"> {
  return {
    async likeImage(request, context) {
      const { userId } = requireUser(context.caller);
      await likes.likeImage({ userId, imageId: readId(request) }, context);
      return {};
    },
    async unlikeImage(request, context) {
      const { userId } = requireUser(context.caller);
      await likes.unlikeImage({ userId, imageId: readId(request) }, context);
      return {};
    },
    async listLikes(request, context) {
      const { list, query } = readListLikes(request);
      return toLikePageMessage(list, await likes.listLikes(query, context));
    },
  };
}
