/**
 * A comment that somebody wants to write. Its body is one that `findBodyViolation` finds nothing wrong
 * with.
 */
export interface NewComment {
  readonly authorId: string;
  readonly imageId: string;
  readonly parentId: string | undefined;
  readonly body: string;
}

/**
 * An edit that somebody wants to make. Its body is one that `findBodyViolation` finds nothing wrong
 * with.
 */
export interface CommentEdit {
  readonly userId: string;
  readonly id: string;
  readonly body: string;
  /** The etag that the comment must still have; undefined for any. */
  readonly etag: string | undefined;
}

/** A deletion that somebody wants to make. */
export interface CommentDeletion {
  readonly userId: string;
  readonly id: string;
  /** The etag that the comment must still have; undefined for any. */
  readonly etag: string | undefined;
}
