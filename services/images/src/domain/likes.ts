import type { Asker } from "@triptych/chassis/identity/asker";
import { type Page, toPage } from "@triptych/chassis/validation/page";
import type { Images } from "./images.ts";
import type { Like, LikeQuery, LikeRepository } from "./like-repository.ts";
import { imageNotFound } from "./reasons.ts";

/** A user, and an image that the user likes or liked. */
export interface LikeTarget {
  readonly userId: string;
  readonly imageId: string;
}

/** What the rules of likes need. */
export interface LikesDependencies {
  readonly repository: LikeRepository;
  readonly images: Pick<Images, "getImageFacts">;
  readonly clock: () => Date;
}

/**
 * The rules of likes. All throw IMAGE_NOT_FOUND if there is no such image, or the asker may not
 * know of it.
 */
export interface Likes {
  /** Liking again changes nothing. */
  likeImage(target: LikeTarget, asker: Asker): Promise<void>;
  /** Ending it again changes nothing. */
  unlikeImage(target: LikeTarget, asker: Asker): Promise<void>;
  /** `query.limit` is the size of the page. */
  listLikes(query: LikeQuery, asker: Asker): Promise<Page<Like>>;
}

/** See {@link Likes}. */
export function createLikes({ repository, images, clock }: LikesDependencies): Likes {
  return {
    async likeImage(target, { signal }) {
      const found = await repository.addLike({ ...target, createTime: clock() }, signal);
      if (!found) throw imageNotFound(target.imageId);
    },
    async unlikeImage(target, { signal }) {
      const found = await repository.removeLike(target, signal);
      if (!found) throw imageNotFound(target.imageId);
    },
    async listLikes(query, asker) {
      await images.getImageFacts(query.imageId, asker);
      const oneMore = { ...query, limit: query.limit + 1 };
      return toPage(await repository.listLikes(oneMore, asker.signal), query.limit);
    },
  };
}
