/** A variant in the column `variants`. */
export interface StoredVariant {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly contentType: string;
  /** The sha256 of its bytes, in hex. */
  readonly hash: string;
}

/** The columns of a user that are shown beside an image or a comment. Null if there is no user. */
export interface SummaryColumns {
  readonly handle: string | null;
  readonly display_name: string;
  readonly avatar_image_id: string | null;
}

/** An image with its owner. Times are RFC 3339: see `database.ts`. */
export interface ImageRow extends SummaryColumns {
  readonly id: string;
  readonly owner_id: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly visibility: string;
  readonly comments_open: boolean;
  readonly state: string;
  readonly failure: string | null;
  readonly width: number;
  readonly height: number;
  readonly content_type: string;
  readonly size_bytes: number;
  readonly placeholder: string;
  readonly variants: readonly StoredVariant[];
  readonly like_count: number;
  readonly comment_count: number;
  readonly version: number;
  readonly owner_version: number;
  readonly create_time: string;
  readonly update_time: string;
  /** Absent for an anonymous viewer. */
  readonly liked?: boolean;
}

/** A comment with its author. */
export interface CommentRow extends SummaryColumns {
  readonly id: string;
  readonly author_id: string | null;
  readonly parent_id: string | null;
  readonly body: string;
  readonly reply_count: number;
  readonly edited: boolean;
  readonly deleted: boolean;
  readonly version: number;
  readonly create_time: string;
  readonly update_time: string;
}
