/** A comment that a user wants to write. Its body has passed `findBodyViolation`. */
export interface NewComment {
  readonly authorId: string;
  readonly imageId: string;
  readonly parentId: string | undefined;
  readonly body: string;
}

/** An edit that a user wants to make. Its body has passed `findBodyViolation`. */
export interface CommentEdit {
  readonly userId: string;
  readonly id: string;
  readonly body: string;
  /** The etag that the comment must have; undefined accepts any. */
  readonly etag: string | undefined;
}

/** A deletion that a user wants to make. */
export interface CommentDeletion {
  readonly userId: string;
  readonly id: string;
  /** The etag that the comment must have; undefined accepts any. */
  readonly etag: string | undefined;
}
