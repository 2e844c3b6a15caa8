import type { PageQuery } from "@triptych/chassis/validation/page";
import type { Comment } from "./comment.ts";

/** In which order an image's comments are listed. */
export type CommentOrder = "newest" | "oldest";

/** Which top-level comments to list. The position of a comment in its list is its id. */
export interface CommentQuery extends PageQuery {
  readonly imageId: string;
  readonly order: CommentOrder;
}

/** Which replies to list. */
export interface ReplyQuery extends PageQuery {
  readonly imageId: string;
  readonly parentId: string;
}

/** The comments that are stored. Every `signal` cancels the query that it is given to. */
export interface CommentRepository {
  findComment(id: string, signal: AbortSignal): Promise<Comment | undefined>;

  /** Lists top-level comments, tombstones among them. */
  listComments(query: CommentQuery, signal: AbortSignal): Promise<readonly Comment[]>;

  /** Lists direct replies, tombstones among them, oldest first. */
  listReplies(query: ReplyQuery, signal: AbortSignal): Promise<readonly Comment[]>;

  /**
   * Counts the comments of images, without tombstones. An image without a comment may be left out.
   */
  countComments(
    imageIds: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, number>>;

  /**
   * Changes comments of one image: everything that `change` does through its rows, or nothing if it
   * throws. It may run more than once, so it must touch nothing else.
   */
  changeComments<Result>(
    imageId: string,
    change: (rows: CommentRows) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Result>;
}

/**
 * The rows of one image's comments within a transaction. So that no two transactions wait for each
 * other, rows are locked from the bottom of a thread upward, and the image's counter is changed
 * last.
 */
export interface CommentRows {
  /** Finds a comment, and keeps everyone else from changing it until the transaction ends. */
  lockComment(id: string): Promise<Comment | undefined>;
  insertComment(comment: Comment): Promise<void>;
  /** Writes a comment that is locked. */
  updateComment(comment: Comment): Promise<void>;
  /** Deletes a comment that is locked and has no replies. */
  deleteComment(id: string): Promise<void>;
  /** Counts a comment that was inserted. */
  incrementCommentCount(): Promise<void>;
  /** Counts a comment no more: it was deleted, or became a tombstone. */
  decrementCommentCount(): Promise<void>;
}
