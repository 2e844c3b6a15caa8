/** A user's liking of an image. */
export interface Like {
  readonly userId: string;
  readonly createTime: Date;
}

/** A like to add. */
export interface NewLike extends Like {
  readonly imageId: string;
}

/** A page of a list of likes, newest first. */
export interface LikeQuery {
  readonly imageId: string;
  /** The last like of the page before: a cursor. */
  readonly after: Like | undefined;
  readonly limit: number;
}

/** Stores likes, and their count beside the image. */
export interface LikeRepository {
  /** Adds a like, unless there is one. False if there is no such image that the user may see. */
  addLike(like: NewLike, signal: AbortSignal): Promise<boolean>;
  /** Removes a like. False if there is no such image that the user may see. */
  removeLike(
    like: { readonly imageId: string; readonly userId: string },
    signal: AbortSignal,
  ): Promise<boolean>;
  listLikes(query: LikeQuery, signal: AbortSignal): Promise<readonly Like[]>;
}
