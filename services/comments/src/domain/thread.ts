import assert from "node:assert";
import type { Failure } from "@triptych/chassis/contract/failure";
import { type Comment, DEPTH_MAX, toTombstone } from "./comment.ts";
import type { CommentTransaction } from "./comment-transaction.ts";
import { parentNotFound, type Reason, tooDeep } from "./reasons.ts";

/** What decides whether a comment may be replied to. */
export type Parent = Pick<Comment, "depth" | "deleted">;

/**
 * Says why nobody may reply to a comment; undefined if they may. This rule has a twin in SQL, which
 * decides: the condition on the parent in `INSERT_COMMENT`. It is carried out on the row as it is
 * once the row is locked.
 */
export function findReplyFailure(
  parentId: string,
  parent: Parent | undefined,
): Failure<Reason> | undefined {
  if (parent === undefined || parent.deleted) return parentNotFound(parentId);
  if (parent.depth >= DEPTH_MAX) return tooDeep();
  return undefined;
}

/**
 * Takes a locked comment out of its thread: it leaves a tombstone if it has replies, and no trace
 * if it has none.
 */
export async function removeComment(
  comments: CommentTransaction,
  comment: Comment,
  now: Date,
): Promise<void> {
  if (comment.replyCount > 0) {
    await comments.updateComment(toTombstone(comment, now));
  } else {
    await removeLeaf(comments, comment);
  }
  await comments.decrementCommentCount();
}

/**
 * Deletes a comment without replies, and then, upward, each tombstone that was only kept for it.
 */
async function removeLeaf(comments: CommentTransaction, leaf: Comment): Promise<void> {
  await comments.deleteComment(leaf.id);
  if (leaf.parentId === undefined) return;
  const parent = await comments.lockComment(leaf.parentId);
  assert(parent, "a reply's parent is there as long as the reply");
  if (parent.deleted && parent.replyCount === 1) {
    await removeLeaf(comments, parent);
  } else {
    await comments.decrementReplyCount(parent.id);
  }
}
