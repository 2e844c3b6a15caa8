import { createBatcher } from "./batcher.ts";
import type { Database } from "./database.ts";
import {
  type CommentPageKey,
  createReads,
  type ImageKey,
  type JoinedCommentRow,
  type Reads,
  toPage,
} from "./reads.ts";
import type { CommentRow, ImageRow } from "./rows.ts";
import * as statements from "./statements.ts";

interface Placed {
  /** The number of its key, from 1. Postgres' bigint is a text. */
  readonly place: string;
}

type CommentPage = readonly CommentRow[] | undefined;

/** Creates reads that join what arrives together into one statement. */
export function createBatchedReads(database: Database): Reads {
  const single = createReads(database);
  const images = createBatcher({
    textOf: ({ id }: ImageKey) => id,
    load: (keys) => loadImages(database, keys),
  });
  const imagesFor = createBatcher({
    textOf: ({ id, viewer }: ImageKey) => `${id} ${viewer}`,
    load: (keys) => loadImagesFor(database, keys),
  });
  const imagePages = createBatcher({
    textOf: ({ viewer, before, size }) => `${viewer} ${before} ${size}`,
    load: (keys: readonly Parameters<Reads["imagePage"]>[0][]) =>
      Promise.all(keys.map((key) => single.imagePage(key))),
  });
  /** A statement has one limit for all of its pages. */
  const commentPages = new Map<number, (key: CommentPageKey) => Promise<CommentPage>>();

  return {
    image: (key) => (key.viewer === undefined ? images(key) : imagesFor(key)),
    imagePage: imagePages,
    commentPage(key) {
      let read = commentPages.get(key.size);
      if (read === undefined) {
        read = createBatcher({
          textOf: ({ id, before, viewer }) => `${id} ${before} ${viewer}`,
          load: (keys: readonly CommentPageKey[]) => loadCommentPages(database, keys),
        });
        commentPages.set(key.size, read);
      }
      return read(key);
    },
  };
}

async function loadImages(
  database: Database,
  keys: readonly ImageKey[],
): Promise<(ImageRow | undefined)[]> {
  const values = [keys.map(({ id }) => id)];
  const rows = await database.rows<ImageRow>(statements.SELECT_IMAGES, values);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return keys.map(({ id }) => byId.get(id));
}

async function loadImagesFor(
  database: Database,
  keys: readonly ImageKey[],
): Promise<(ImageRow | undefined)[]> {
  const values = [keys.map(({ id }) => id), keys.map(({ viewer }) => viewer)];
  const rows = await database.rows<ImageRow & Placed>(statements.SELECT_IMAGES_FOR, values);
  const byPlace = new Map(rows.map((row) => [Number(row.place), row]));
  return keys.map((_key, index) => byPlace.get(index + 1));
}

async function loadCommentPages(
  database: Database,
  keys: readonly CommentPageKey[],
): Promise<CommentPage[]> {
  const [{ size } = { size: 0 }] = keys;
  const rows = await database.rows<JoinedCommentRow & Placed>(statements.SELECT_COMMENT_PAGES, [
    keys.map(({ id }) => id),
    keys.map(({ before }) => before),
    size + 1,
    keys.map(({ viewer }) => viewer ?? null),
  ]);
  const pages = Map.groupBy(rows, ({ place }) => Number(place));
  return keys.map((_key, index) => toPage(pages.get(index + 1) ?? []));
}
