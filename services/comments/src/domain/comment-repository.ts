import type { PageQuery } from "@triptych/chassis/validation/page";
import type { Comment, UnplacedComment } from "./comment.ts";
import type { CommentTransaction } from "./comment-transaction.ts";
import type { Parent } from "./thread.ts";

/** The order of an image's comments in a list. */
export type CommentOrder = "newest" | "oldest";

/** A page of an image's top-level comments. A comment's position in the list is its id. */
export interface CommentQuery extends PageQuery {
  readonly imageId: string;
  readonly order: CommentOrder;
}

/** A page of the direct replies to a comment. A reply's position in the list is its id. */
export interface ReplyQuery extends PageQuery {
  readonly imageId: string;
  readonly parentId: string;
}

/** The outcome of an insertion. */
export type Insertion =
  | { readonly inserted: true; readonly depth: number }
  | {
      readonly inserted: false;
      /**
       * The parent as it was when the statement began; undefined if there was none. If it allows
       * replies, another transaction deleted it while the insertion waited for its lock.
       */
      readonly parent: Parent | undefined;
    };

/** The port of the store of comments. Each method ends its query when `signal` fires. */
export interface CommentRepository {
  findComment(id: string, signal: AbortSignal): Promise<Comment | undefined>;

  /** Lists top-level comments, with their tombstones: a page for each query, in their order. */
  listComments(
    queries: readonly CommentQuery[],
    signal: AbortSignal,
  ): Promise<readonly (readonly Comment[])[]>;

  /** Lists direct replies, with their tombstones, oldest first. */
  listReplies(query: ReplyQuery, signal: AbortSignal): Promise<readonly Comment[]>;

  /**
   * Counts the comments of images, without tombstones. An image without comments may be missing
   * from the result.
   */
  countComments(
    imageIds: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, number>>;

  /**
   * Inserts a comment and counts it, at its parent and at its image. Does nothing if the image has
   * no such parent, or the parent is a tombstone or stands at `DEPTH_MAX`. A reply and a deletion
   * of its parent at the same time take effect one after the other.
   */
  insertComment(comment: UnplacedComment, signal: AbortSignal): Promise<Insertion>;

  /**
   * Runs `change` in a transaction over the comments of one image. If it throws, nothing is
   * changed. It may run more than once, so it must touch nothing else.
   */
  changeComments<Result>(
    imageId: string,
    change: (comments: CommentTransaction) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Result>;
}
