import type { PageQuery } from "@triptych/chassis/validation/page";
import type { Comment, UnplacedComment } from "./comment.ts";
import type { CommentTransaction } from "./comment-transaction.ts";
import type { Parent } from "./thread.ts";

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

/** What became of a comment that was to be inserted. */
export type Insertion =
  | { readonly inserted: true; readonly depth: number }
  | {
      readonly inserted: false;
      /**
       * The parent as it was before the insertion waited for it, if it had to: a parent that may be
       * replied to was deleted meanwhile.
       */
      readonly parent: Parent | undefined;
    };

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
   * Inserts a comment below its parent, and counts it, in the parent and in the image: all of it,
   * or nothing if there is no such parent on the image, or it is a tombstone or not above
   * `depthMax`. Of a reply and a deletion of its parent at the same time each sees the other or
   * comes first.
   */
  insertComment(
    comment: UnplacedComment,
    depthMax: number,
    signal: AbortSignal,
  ): Promise<Insertion>;

  /**
   * Changes comments of one image: all that `change` does, or nothing if it throws. It may run more
   * than once, so it must touch nothing else.
   */
  changeComments<Result>(
    imageId: string,
    change: (comments: CommentTransaction) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Result>;
}
