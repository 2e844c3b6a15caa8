import assert from "node:assert";
import type { Failure } from "@triptych/chassis/contract/failure";
import { type Comment, DEPTH_MAX, toTombstone } from "./comment.ts";
import type { CommentTransaction } from "./comment-transaction.ts";
import { parentNotFound, type Reason, tooDeep } from "./reasons.ts";

/** What decides whether a comment accepts replies. */
export type Parent = Pick<Comment, "depth" | "deleted">;

/**
 * Returns why a comment accepts no replies; undefined if it does. The rule's SQL twin decides: the
 * condition on the parents in `insertComments`, which Postgres checks on the locked row.
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
 * Removes a locked comment from its thread. A comment with replies becomes a tombstone; one without
 * is deleted.
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

/** Deletes a comment without replies, and then, upward, each tombstone that has none any more. */
async function removeLeaf(comments: CommentTransaction, leaf: Comment): Promise<void> {
  await comments.deleteComment(leaf.id);
  if (leaf.parentId === undefined) return;
  const parent = await comments.lockComment(leaf.parentId);
  assert(parent, "a foreign key keeps the parent as long as the reply");
  if (parent.deleted && parent.replyCount === 1) {
    await removeLeaf(comments, parent);
  } else {
    await comments.decrementReplyCount(parent.id);
  }
}
