import { Failure, type FieldViolation, invalidFields } from "@triptych/chassis/contract/failure";
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

/** Names every bad field of a request. */
export function invalidArgument(violations: readonly FieldViolation[]): Failure<Reason> {
  return invalidFields<Reason>("INVALID_ARGUMENT", violations);
}

/** There is no such comment, or the caller may not know of it: the two are not told apart. */
export function commentNotFound(id: string): Failure<Reason> {
  return new Failure<Reason>("COMMENT_NOT_FOUND", `There is no comment ${id}.`, {
    metadata: { id },
  });
}

/** There is no such image, or the caller may not know of it: the two are not told apart. */
export function imageNotFound(id: string): Failure<Reason> {
  return new Failure<Reason>("IMAGE_NOT_FOUND", `There is no image ${id}.`, { metadata: { id } });
}

/** The comment to reply to is not there, is a tombstone, or is another image's. */
export function parentNotFound(parentId: string): Failure<Reason> {
  const message = `The image has no comment ${parentId} to reply to.`;
  return new Failure<Reason>("PARENT_NOT_FOUND", message, { metadata: { parent_id: parentId } });
}

/** The comment to reply to stands as deep as a thread goes. */
export function tooDeep(): Failure<Reason> {
  const message = `Threads go no deeper than ${DEPTH_MAX}: reply further up.`;
  return new Failure<Reason>("TOO_DEEP", message, { metadata: { depth_max: String(DEPTH_MAX) } });
}

/** The image's owner has closed the comments; that holds for the owner too. */
export function commentsClosed(imageId: string): Failure<Reason> {
  const message = `The comments on image ${imageId} are closed.`;
  return new Failure<Reason>("COMMENTS_CLOSED", message, { metadata: { image_id: imageId } });
}

/** Too much time has passed since the comment was written. */
export function editWindowOver(id: string): Failure<Reason> {
  const message = `Comment ${id} can no longer be edited: ${EDIT_WINDOW_MINUTES} minutes are over.`;
  return new Failure<Reason>("EDIT_WINDOW_OVER", message, { metadata: { id } });
}

/** The caller is not the one who may do this to the comment. */
export function notCommentAuthor(id: string): Failure<Reason> {
  const message = `Comment ${id} is another user's.`;
  return new Failure<Reason>("NOT_COMMENT_AUTHOR", message, { metadata: { id } });
}

/** The comment was edited since the caller read it. */
export function etagMismatch(id: string): Failure<Reason> {
  const message = `Comment ${id} was changed meanwhile: get it again, and repeat the change.`;
  return new Failure<Reason>("ETAG_MISMATCH", message, { metadata: { id } });
}
