import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { requireUser } from "@triptych/chassis/identity/require-user";
import type { Handlers } from "@triptych/chassis/rpc/server/handlers";
import type { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import type { Downloads } from "#domain/downloads.ts";
import type { Images } from "#domain/images.ts";
import type { Likes } from "#domain/likes.ts";
import type { Uploads } from "#domain/uploads.ts";
import { viewerOf } from "#domain/viewer.ts";
import { createDownloadHandler } from "./download-handler.ts";
import { fromVisibilityCode, toFactsMessage, toMessage } from "./messages.ts";
import { createUploadHandler } from "./upload-handler.ts";

/** What the handlers hand to. */
export interface Domain {
  readonly images: Images;
  readonly uploads: Uploads;
  readonly downloads: Downloads;
  readonly likes: Likes;
}

/** Makes the handler of every method. */
export function createHandlers(domain: Domain): Handlers<typeof ImageService> {
  const { images, likes } = domain;
  return {
    ...createUploadHandler(domain.uploads),
    ...createDownloadHandler(domain.downloads),
    ...likeHandlers(likes),
    getImage: async ({ id }, { caller, signal }) =>
      toMessage(await images.getImage(id, viewerOf(caller), signal)),
    getImageFacts: async ({ id }, { caller, signal }) =>
      toFactsMessage(await images.getImageFacts(id, viewerOf(caller), signal)),
    async batchGetImages({ ids }, { caller, signal }) {
      const batch = await images.batchGetImages(ids, viewerOf(caller), signal);
      return { images: batch.images.map(toMessage), restrictedIds: [...batch.restrictedIds] };
    },
    async listImages({ ownerId, tag, pageSize, pageToken }, { caller, signal }) {
      const request = { ownerId, tag, pageSize, pageToken };
      const page = await images.listImages(request, viewerOf(caller), signal);
      return { images: page.images.map(toMessage), nextPageToken: page.nextPageToken };
    },
    async updateImage({ image, updateMask }, { caller, signal }) {
      const userId = requireUser(caller).userId;
      const { id = "", etag = "", title = "", description = "", tags = [] } = image ?? {};
      const request = {
        id,
        etag,
        title,
        description,
        tags,
        visibility: fromVisibilityCode(image?.visibility ?? 0),
        commentsOpen: image?.commentsOpen ?? false,
        paths: updateMask?.paths ?? [],
      };
      return toMessage(await images.updateImage(request, userId, signal));
    },
    async deleteImage({ id, etag }, { caller, signal }) {
      await images.deleteImage({ id, etag }, requireUser(caller).userId, signal);
      return {};
    },
  };
}

function likeHandlers(
  likes: Likes,
): Pick<Handlers<typeof ImageService>, "likeImage" | "unlikeImage" | "listLikes"> {
  return {
    async likeImage({ id }, { caller, signal }) {
      await likes.likeImage(id, requireUser(caller).userId, signal);
      return {};
    },
    async unlikeImage({ id }, { caller, signal }) {
      await likes.unlikeImage(id, requireUser(caller).userId, signal);
      return {};
    },
    async listLikes({ imageId, pageSize, pageToken }, { caller, signal }) {
      const request = { imageId, pageSize, pageToken };
      const page = await likes.listLikes(request, viewerOf(caller), signal);
      const items = page.likes.map(({ userId, createTime }) => ({
        userId,
        createTime: timestampFromDate(createTime),
      }));
      return { likes: items, nextPageToken: page.nextPageToken };
    },
  };
}
