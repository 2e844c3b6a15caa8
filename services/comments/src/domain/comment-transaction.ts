import type { Comment } from "./comment.ts";

/**
 * The comments of one image within a transaction. Each transaction locks its rows from the bottom
 * of a thread upward, and changes the image's counter last, so that no two deadlock.
 */
export interface CommentTransaction {
  /** Finds a comment, and locks it against every other change until the transaction ends. */
  lockComment(id: string): Promise<Comment | undefined>;
  /** Writes a locked comment, except its place in the thread and its reply count. */
  updateComment(comment: Comment): Promise<void>;
  /** Deletes a locked comment that has no replies. */
  deleteComment(id: string): Promise<void>;
  /** Subtracts a reply from the count of a locked comment. */
  decrementReplyCount(id: string): Promise<void>;
  /** Subtracts a comment, deleted or now a tombstone, from the image's count. */
  decrementCommentCount(): Promise<void>;
}
