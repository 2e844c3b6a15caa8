import type { Database } from "./database.ts";
import type { CommentRow, ImageRow } from "./rows.ts";
import * as statements from "./statements.ts";

/** The user who asks; undefined if anonymous. */
export type Viewer = string | undefined;

/** A page: the rows with an id below `before`. */
export interface PagePosition {
  readonly before: string;
  readonly size: number;
}

/** An image, as one viewer sees it. */
export interface ImageKey {
  readonly id: string;
  readonly viewer: Viewer;
}

/** A page of images, as one viewer sees it. */
export interface ImagePageKey extends PagePosition {
  readonly viewer: Viewer;
}

/** A page of the top-level comments of an image, newest first. */
export interface CommentPageKey extends ImageKey, PagePosition {}

/** The hot reads. Pages have one row more than their size if there is a next one. */
export interface Reads {
  image(key: ImageKey): Promise<ImageRow | undefined>;
  imagePage(key: ImagePageKey): Promise<readonly ImageRow[]>;
  /** Undefined if the viewer may not see the image. */
  commentPage(key: CommentPageKey): Promise<readonly CommentRow[] | undefined>;
}

/** A row of an outer join: all null if there is no comment. */
export interface JoinedCommentRow extends Omit<CommentRow, "id"> {
  readonly id: string | null;
}

/** Creates reads that are one statement each. */
export function createReads(database: Database): Reads {
  return {
    async image({ id, viewer }) {
      const [row] =
        viewer === undefined
          ? await database.rows<ImageRow>(statements.SELECT_IMAGE, [id])
          : await database.rows<ImageRow>(statements.SELECT_IMAGE_FOR, [id, viewer]);
      return row;
    },
    imagePage: ({ viewer, before, size }) =>
      viewer === undefined
        ? database.rows<ImageRow>(statements.SELECT_IMAGE_PAGE, [before, size + 1])
        : database.rows<ImageRow>(statements.SELECT_IMAGE_PAGE_FOR, [before, size + 1, viewer]),
    async commentPage({ id, viewer, before, size }) {
      const values = [id, before, size + 1, viewer ?? null];
      return toPage(await database.rows<JoinedCommentRow>(statements.SELECT_COMMENT_PAGE, values));
    },
  };
}

/** Reads the rows of an outer join: none without an image, one of nulls without comments. */
export function toPage(rows: readonly JoinedCommentRow[]): readonly CommentRow[] | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  return first.id === null ? [] : (rows as readonly CommentRow[]);
}
