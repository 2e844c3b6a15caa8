/** The depth of the deepest comment of a thread; a top-level comment has depth 1. */
export const DEPTH_MAX = 8;

/** The time after its creation in which the author may edit a comment. */
export const EDIT_WINDOW_MINUTES = 15;

/**
 * A comment on an image, a reply to a comment, or a tombstone: what remains of a deleted comment
 * that has replies.
 */
export interface Comment {
  readonly id: string;
  readonly imageId: string;
  /** Undefined for a tombstone. */
  readonly authorId: string | undefined;
  /** Undefined at the top level. */
  readonly parentId: string | undefined;
  /** 1 at the top level. */
  readonly depth: number;
  /** Empty for a tombstone. */
  readonly body: string;
  /** The number of direct replies, with tombstones. */
  readonly replyCount: number;
  readonly edited: boolean;
  /** True for a tombstone. */
  readonly deleted: boolean;
  /** Grows with an edit and a deletion, and not with a reply. */
  readonly version: number;
  readonly createTime: Date;
  /** The time of the last edit, or of the deletion. */
  readonly updateTime: Date;
}

/** A new comment before its insertion: the parent decides its depth. */
export interface UnplacedComment extends Omit<Comment, "depth"> {
  readonly replyCount: 0;
  readonly edited: false;
  readonly deleted: false;
  readonly version: 1;
}

/** Returns a comment that is written now. */
export function toUnplaced(
  fields: Pick<Comment, "id" | "imageId" | "authorId" | "parentId" | "body">,
  now: Date,
): UnplacedComment {
  return {
    ...fields,
    replyCount: 0,
    edited: false,
    deleted: false,
    version: 1,
    createTime: now,
    updateTime: now,
  };
}

/** Returns whether it is too late to edit the comment. */
export function isEditWindowOver({ createTime }: Comment, now: Date): boolean {
  return now.getTime() - createTime.getTime() > EDIT_WINDOW_MINUTES * 60_000;
}

/** Returns the comment after an edit. */
export function withBody(comment: Comment, body: string, now: Date): Comment {
  return { ...comment, body, edited: true, version: comment.version + 1, updateTime: now };
}

/** Returns what remains of a deleted comment that has replies. */
export function toTombstone(comment: Comment, now: Date): Comment {
  return {
    ...comment,
    authorId: undefined,
    body: "",
    deleted: true,
    version: comment.version + 1,
    updateTime: now,
  };
}

/** The comment's etag (AIP-154): another one after each edit and deletion. */
export function etagOf({ version }: Comment): string {
  return String(version);
}
