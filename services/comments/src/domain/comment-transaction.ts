import type { Comment } from "./comment.ts";

/**
 * The comments of one image within a transaction. So that no two transactions wait for each other,
 * rows are locked from the bottom of a thread upward, and the image's counter is changed last.
 */
export interface CommentTransaction {
  /** Finds a comment, and keeps everyone else from changing it until the transaction ends. */
  lockComment(id: string): Promise<Comment | undefined>;
  /** Writes a comment that is locked; not its place in the thread, and not its reply count. */
  updateComment(comment: Comment): Promise<void>;
  /** Deletes a comment that is locked and has no replies. */
  deleteComment(id: string): Promise<void>;
  /** Counts one reply less at a comment that is locked. */
  decrementReplyCount(id: string): Promise<void>;
  /** Counts one comment less: it was deleted, or became a tombstone. */
  decrementCommentCount(): Promise<void>;
}
