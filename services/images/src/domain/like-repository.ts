/** A user's liking of an image. */
export interface Like {
  readonly userId: string;
  readonly createTime: Date;
}

/** Which likes to list, newest first. */
export interface LikeQuery {
  readonly imageId: string;
  /** Only those behind this one in the list. */
  readonly after: Like | undefined;
  readonly limit: number;
}

/** Keeps likes, and their count beside the image. */
export interface LikeRepository {
  /** Makes a user like an image that the user may see. False if there is none. */
  addLike(imageId: string, userId: string, signal?: AbortSignal): Promise<boolean>;
  /** Ends it. False if there is no such image that the user may see. */
  removeLike(imageId: string, userId: string, signal?: AbortSignal): Promise<boolean>;
  listLikes(query: LikeQuery, signal?: AbortSignal): Promise<readonly Like[]>;
}
