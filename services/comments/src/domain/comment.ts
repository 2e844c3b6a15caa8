/** How deep a thread goes; a top-level comment has depth 1. */
export const DEPTH_MAX = 8;

/** How long an author may edit a comment, in minutes. */
export const EDIT_WINDOW_MINUTES = 15;

/**
 * A comment on an image, or a reply to a comment; or the tombstone that is kept in the place of
 * one.
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
  /** How many rows reply to it directly, tombstones among them. */
  readonly replyCount: number;
  readonly edited: boolean;
  /** True for a tombstone: deleted, and kept in its place for its replies. */
  readonly deleted: boolean;
  /** Grows when the comment is edited or deleted, and not when somebody replies. */
  readonly version: number;
  readonly createTime: Date;
  /** When it was last edited or deleted. */
  readonly updateTime: Date;
}

/** A comment whose place in its thread, and so its depth, is not known yet. */
export type UnplacedComment = Omit<Comment, "depth">;

/** Says whether it is too late to edit the comment. */
export function isEditWindowOver({ createTime }: Comment, now: Date): boolean {
  return now.getTime() - createTime.getTime() > EDIT_WINDOW_MINUTES * 60_000;
}

/** The comment as it stands after an edit. */
export function withBody(comment: Comment, body: string, now: Date): Comment {
  return { ...comment, body, edited: true, version: comment.version + 1, updateTime: now };
}

/** What stays of a deleted comment that has replies. */
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

/** The comment's etag: another one after every edit and deletion (AIP-154). */
export function etagOf({ version }: Comment): string {
  return String(version);
}
