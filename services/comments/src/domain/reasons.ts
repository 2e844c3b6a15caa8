import { Failure } from "@triptych/chassis/contract/failure";
import { DEPTH_MAX, EDIT_WINDOW_MINUTES } from "./comment.ts";

/**
 * Why the comments service refuses. The names are those of `ErrorReason` in the contract, which
 * says what each means.
 */
export type Reason =
  | "INVALID_ARGUMENT"
  | "UNAUTHENTICATED"
  | "COMMENT_NOT_FOUND"
  | "IMAGE_NOT_FOUND"
  | "PARENT_NOT_FOUND"
  | "TOO_DEEP"
  | "COMMENTS_CLOSED"
  | "EDIT_WINDOW_OVER"
  | "NOT_COMMENT_AUTHOR"
  | "ETAG_MISMATCH"
  | "DEPENDENCY_UNAVAILABLE";

/** There is no such comment, or the asker may not see its image: the answer is the same. */
export function commentNotFound(id: string): Failure<Reason> {
  return new Failure<Reason>("COMMENT_NOT_FOUND", `There is no comment ${id}.`, {
    metadata: { id },
  });
}

/** There is no such image, or the asker may not see it: the answer is the same. */
export function imageNotFound(id: string): Failure<Reason> {
  return new Failure<Reason>("IMAGE_NOT_FOUND", `There is no image ${id}.`, { metadata: { id } });
}

/** The comment to reply to does not exist, is a tombstone, or is on another image. */
export function parentNotFound(parentId: string): Failure<Reason> {
  const message = `The image has no comment ${parentId} to reply to.`;
  return new Failure<Reason>("PARENT_NOT_FOUND", message, { metadata: { parent_id: parentId } });
}

/** The comment to reply to stands at the depth limit. */
export function tooDeep(): Failure<Reason> {
  const message = `Threads go no deeper than ${DEPTH_MAX} levels: reply to a comment further up.`;
  return new Failure<Reason>("TOO_DEEP", message, { metadata: { depth_max: String(DEPTH_MAX) } });
}

/** The image's owner has closed the comments, for the owner too. */
export function commentsClosed(imageId: string): Failure<Reason> {
  const message = `The comments on image ${imageId} are closed.`;
  return new Failure<Reason>("COMMENTS_CLOSED", message, { metadata: { image_id: imageId } });
}

/** The comment is too old for an edit. */
export function editWindowOver(id: string): Failure<Reason> {
  const message = `Comment ${id} can no longer be edited: its ${EDIT_WINDOW_MINUTES} minutes are over.`;
  return new Failure<Reason>("EDIT_WINDOW_OVER", message, { metadata: { id } });
}

/** The comment is another user's, and so is the image if the change is a deletion. */
export function notCommentAuthor(id: string): Failure<Reason> {
  const message = `Comment ${id} is another user's.`;
  return new Failure<Reason>("NOT_COMMENT_AUTHOR", message, { metadata: { id } });
}

/** The comment was edited after the caller had read it. */
export function etagMismatch(id: string): Failure<Reason> {
  const message = `Comment ${id} has changed meanwhile: read it again, then repeat your change.`;
  return new Failure<Reason>("ETAG_MISMATCH", message, { metadata: { id } });
}
