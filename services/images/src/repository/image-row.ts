import assert from "node:assert";
import {
  type Image,
  type ImageFailure,
  type ImageState,
  VARIANT_NAMES,
  type Variant,
  type VariantName,
  type Visibility,
} from "#domain/image.ts";
import type { VisibleFacts } from "#domain/image-repository.ts";

/** A variant in the columns of `imageColumns`. */
interface VariantRow {
  readonly name: VariantName;
  readonly width: number;
  readonly height: number;
  readonly content_type: string;
  readonly size_bytes: number;
  readonly blob_hash: string;
}

/** An image in the columns of `imageColumns`. */
export interface ImageRow {
  readonly id: string;
  readonly owner_id: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly visibility: Visibility;
  readonly comments_open: boolean;
  readonly state: ImageState;
  readonly failure: ImageFailure | null;
  readonly width: number;
  readonly height: number;
  readonly content_type: string;
  readonly size_bytes: number;
  readonly blob_hash: string;
  readonly placeholder: Uint8Array;
  readonly like_count: number;
  readonly version: number;
  readonly create_time: Date;
  readonly update_time: Date;
  readonly variants: readonly VariantRow[] | null;
  /** Missing in what an anonymous viewer is shown. */
  readonly liked?: boolean | null;
}

/** The columns of an image that other services decide by, and who may see it. */
export type ImageFactsRow = Pick<
  ImageRow,
  "id" | "owner_id" | "visibility" | "comments_open" | "state"
>;

/** The columns of an image `i`, with its variants, in one row, and without `liked`. */
export const IMAGE_COLUMNS = `
  i.id, i.owner_id, i.title, i.description, i.tags, i.visibility, i.comments_open, i.state,
  i.failure, i.width, i.height, i.content_type, i.size_bytes, i.blob_hash, i.placeholder,
  i.like_count, i.version, i.create_time, i.update_time,
  (select jsonb_agg(to_jsonb(v)) from variants v where v.image_id = i.id) as variants`;

/**
 * The columns of an image `i` as a viewer sees it. `viewer` is the parameter that holds the
 * viewer's id, or null, for which `liked` is null. A subselect of one value, since for `exists`
 * Postgres may read all likes into a hash table.
 */
export const imageColumns = (viewer: `$${number}`) => `${IMAGE_COLUMNS},
  case when ${viewer}::uuid is not null then coalesce((select true from likes l
    where l.image_id = i.id and l.user_id = ${viewer}::uuid), false) end as liked`;

/** Maps a row to the facts of an image. */
export function toFacts({ owner_id, comments_open, ...rest }: ImageFactsRow): VisibleFacts {
  return { ...rest, ownerId: owner_id, commentsOpen: comments_open };
}

/** Maps a row to an image. */
export function toImage(row: ImageRow | undefined): Image {
  assert(row, "a statement that must return an image returned none");
  return {
    id: row.id,
    ownerId: row.owner_id,
    title: row.title,
    description: row.description,
    tags: row.tags,
    visibility: row.visibility,
    commentsOpen: row.comments_open,
    state: row.state,
    failure: row.failure ?? undefined,
    width: row.width,
    height: row.height,
    contentType: row.content_type,
    sizeBytes: row.size_bytes,
    blobHash: row.blob_hash,
    placeholder: row.placeholder,
    likeCount: row.like_count,
    version: row.version,
    createTime: row.create_time,
    updateTime: row.update_time,
    variants: toVariants(row.variants ?? []),
    liked: row.liked ?? undefined,
  };
}

function toVariants(rows: readonly VariantRow[]): readonly Variant[] {
  const rank = ({ name }: VariantRow) => VARIANT_NAMES.indexOf(name);
  return rows
    .toSorted((a, b) => rank(a) - rank(b))
    .map((row) => ({
      name: row.name,
      width: row.width,
      height: row.height,
      contentType: row.content_type,
      sizeBytes: row.size_bytes,
      blobHash: row.blob_hash,
    }));
}
