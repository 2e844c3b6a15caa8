import { readFields } from "@triptych/chassis/validation/field-reader";
import { type PagedList, toNextPageToken, toPage } from "@triptych/chassis/validation/page";
import type { Viewer } from "./image.ts";
import type { Images } from "./images.ts";
import type { Like, LikeRepository } from "./like-repository.ts";
import { imageNotFound } from "./reasons.ts";

/** Which page of an image's likes is meant. */
export interface LikeListRequest {
  readonly imageId: string;
  readonly pageSize: number;
  /** Empty for the first page. */
  readonly pageToken: string;
}

/** A page of likes, newest first. */
export interface LikePage {
  readonly likes: readonly Like[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/**
 * Who likes which image. All throw INVALID_ARGUMENT, and IMAGE_NOT_FOUND of what the caller may not
 * know of.
 */
export interface Likes {
  /** Liking again changes nothing. */
  likeImage(id: string, userId: string, signal: AbortSignal): Promise<void>;
  /** Ending it again changes nothing. */
  unlikeImage(id: string, userId: string, signal: AbortSignal): Promise<void>;
  listLikes(request: LikeListRequest, viewer: Viewer, signal: AbortSignal): Promise<LikePage>;
}

/** The rules of liking. */
export function createLikes(images: Images, repository: LikeRepository): Likes {
  const readId = (id: string) => readFields((fields) => fields.id("id", id));
  return {
    async likeImage(id, userId, signal) {
      const found = await repository.addLike(readId(id), userId, signal);
      if (!found) throw imageNotFound(id);
    },
    async unlikeImage(id, userId, signal) {
      const found = await repository.removeLike(readId(id), userId, signal);
      if (!found) throw imageNotFound(id);
    },
    async listLikes(request, viewer, signal) {
      const list: PagedList = { query: ["ListLikes", request.imageId], kinds: ["time", "id"] };
      const { imageId, page } = readFields((fields) => ({
        imageId: fields.id("image_id", request.imageId),
        page: fields.page(request, list),
      }));
      await images.getImage(imageId, viewer, signal);
      const after = page.after && {
        createTime: new Date(String(page.after[0])),
        userId: String(page.after[1]),
      };
      const limit = page.limit + 1;
      const found = await repository.listLikes({ imageId, after, limit }, signal);
      const shown = toPage(found, page.limit);
      const positionOf = ({ createTime, userId }: Like) => [createTime.toISOString(), userId];
      return { likes: shown.items, nextPageToken: toNextPageToken(list, shown, positionOf) };
    },
  };
}
