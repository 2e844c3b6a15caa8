import type { Dimensions } from "./dimensions/dimensions.ts";

/** The viewers of an image: everyone, everyone who has its id, or its owner. */
export type Visibility = "public" | "unlisted" | "private";

/** Whether an image's variants are ready. */
export type ImageState = "processing" | "ready" | "failed";

/**
 * Why processing failed: the file is damaged or cut off; it has more pixels than its header showed;
 * rendering took too long or too much memory, twice.
 */
export type ImageFailure = "unreadable" | "too_expensive" | "too_complex";

/** The names of the variants, the largest first. */
export const VARIANT_NAMES = ["large", "medium", "small", "thumb"] as const;

/** The name of a variant. */
export type VariantName = (typeof VARIANT_NAMES)[number];

/** The media types that are accepted. */
export type ContentType = "image/jpeg" | "image/png" | "image/webp" | "image/avif" | "image/gif";

/** A rendition of an image, without metadata and turned upright. */
export interface Variant extends Dimensions {
  readonly name: VariantName;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** The sha256 of its bytes in hex: their place in the blob store, and the variant's version. */
  readonly blobHash: string;
}

/** The fields of an image that its owner sets. */
export interface ImageFields {
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly visibility: Visibility;
  readonly commentsOpen: boolean;
}

/**
 * An uploaded picture. Its width and height are those of its header until it is ready; 0 if that
 * does not show them, and if it failed.
 */
export interface Image extends ImageFields, Dimensions {
  readonly id: string;
  readonly ownerId: string;
  readonly state: ImageState;
  /** Set when the state is failed. */
  readonly failure: ImageFailure | undefined;
  /** The media type of the original. */
  readonly contentType: string;
  /** The size of the original. */
  readonly sizeBytes: number;
  /** The sha256 of the original in hex: its place in the blob store. */
  readonly blobHash: string;
  /** A thumbhash; empty until the image is ready. */
  readonly placeholder: Uint8Array;
  /** Empty until the image is ready. */
  readonly variants: readonly Variant[];
  readonly likeCount: number;
  /** Whether the viewer likes it; undefined for an anonymous viewer. */
  readonly liked: boolean | undefined;
  readonly createTime: Date;
  readonly updateTime: Date;
  /** Changes with every change that the owner makes. */
  readonly version: number;
}

/** The facts that other services decide by: the image's owner, and what may be done with it. */
export type ImageFacts = Pick<Image, "id" | "ownerId" | "commentsOpen" | "state">;

/** The id of the user who requests something; undefined for an anonymous caller. */
export type Viewer = string | undefined;

/** The etag of an image: it changes with every change that the owner makes, and with no other. */
export function etagOf({ version }: Image): string {
  return String(version);
}

/**
 * Returns whether the viewer may know of an image. Its twins in SQL are `visible` in
 * `write-likes.ts` and the conditions of lists (`LISTED`, or the owner) in
 * `image-statements.ts`.
 */
export function mayView(
  image: { readonly ownerId: string; readonly visibility: Visibility },
  viewer: Viewer,
): boolean {
  return image.visibility !== "private" || image.ownerId === viewer;
}
