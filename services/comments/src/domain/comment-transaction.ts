import type { Comment } from "./comment.ts";

/**
 * The comments of one image within a transaction. So that no two transactions wait for each other,
 * rows are locked from the bottom of a thread upward, and the image's counter is changed last.
 */
export interface CommentTransaction {
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
