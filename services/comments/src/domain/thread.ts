import assert from "node:assert";
import { type Comment, DEPTH_MAX, toTombstone } from "./comment.ts";
import type { CommentTransaction } from "./comment-transaction.ts";
import { parentNotFound, tooDeep } from "./reasons.ts";

/** A comment as it is written, before its place in the thread says how deep it stands. */
export type UnplacedComment = Omit<Comment, "depth">;

/**
 * Puts a comment into its thread. The parent stays locked until the transaction ends: it can
 * neither be deleted under the reply nor miss it in its count.
 *
 * @throws Failure PARENT_NOT_FOUND, TOO_DEEP
 */
export async function addComment(
  comments: CommentTransaction,
  unplaced: UnplacedComment,
): Promise<Comment> {
  const parent = await lockParent(comments, unplaced.parentId);
  const comment = { ...unplaced, depth: parent === undefined ? 1 : parent.depth + 1 };
  await comments.insertComment(comment);
  if (parent !== undefined) {
    await comments.updateComment({ ...parent, replyCount: parent.replyCount + 1 });
  }
  await comments.incrementCommentCount();
  return comment;
}

async function lockParent(
  comments: CommentTransaction,
  parentId: string | undefined,
): Promise<Comment | undefined> {
  if (parentId === undefined) return undefined;
  const parent = await comments.lockComment(parentId);
  if (parent === undefined || parent.deleted) throw parentNotFound(parentId);
  if (parent.depth >= DEPTH_MAX) throw tooDeep();
  return parent;
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

/** Deletes what has no replies, and then, upward, each tombstone that was only kept for it. */
async function removeLeaf(comments: CommentTransaction, leaf: Comment): Promise<void> {
  await comments.deleteComment(leaf.id);
  if (leaf.parentId === undefined) return;
  const locked = await comments.lockComment(leaf.parentId);
  assert(locked, "a reply's parent is there as long as the reply");
  const parent = { ...locked, replyCount: locked.replyCount - 1 };
  if (parent.deleted && parent.replyCount === 0) {
    await removeLeaf(comments, parent);
  } else {
    await comments.updateComment(parent);
  }
}
