import type { Dimensions } from "./dimensions/dimensions.ts";

/** Who may see an image: everyone, everyone who has its id, or its owner. */
export type Visibility = "public" | "unlisted" | "private";

/** Whether an image's variants can be had. */
export type ImageState = "processing" | "ready" | "failed";

/** Why processing failed. */
export type ImageFailure = "unreadable" | "too_expensive";

/** The renditions, the largest first. */
export const VARIANT_NAMES = ["large", "medium", "small", "thumb"] as const;

/** One of the renditions. */
export type VariantName = (typeof VARIANT_NAMES)[number];

/** The media types that are taken. */
export type ContentType = "image/jpeg" | "image/png" | "image/webp" | "image/avif" | "image/gif";

/** A rendition of an image, without metadata and turned upright. */
export interface Variant extends Dimensions {
  readonly name: VariantName;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** Where its bytes are, and its version: their sha256 in hex. */
  readonly blobHash: string;
}

/** What the owner says of an image. */
export interface ImageFields {
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly visibility: Visibility;
  readonly commentsOpen: boolean;
}

/** An uploaded picture. */
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
  /** Where the original is: the sha256 of its bytes in hex. */
  readonly blobHash: string;
  /** A thumbhash; empty until the image is ready. */
  readonly placeholder: Uint8Array;
  /** Empty until the image is ready. */
  readonly variants: readonly Variant[];
  readonly likeCount: number;
  /** Whether the viewer likes it; undefined for an anonymous one. */
  readonly liked: boolean | undefined;
  readonly createTime: Date;
  readonly updateTime: Date;
  /** Changes with every change that the owner makes. */
  readonly version: number;
}

/** What other services decide by: whose an image is, and what may be done with it. */
export type ImageFacts = Pick<Image, "id" | "ownerId" | "commentsOpen" | "state">;

/** Who is looking: a user's id, or undefined for an anonymous caller. */
export type Viewer = string | undefined;

/** The etag of an image: it changes with every change that the owner makes, and with no other. */
export function etagOf({ version }: Image): string {
  return String(version);
}

/**
 * Says whether the viewer may know of an image. The statements of `like-repository.ts` (`VISIBLE`)
 * and of lists in `image-statements.ts` (`LISTED`, or the owner) hold the same rule in SQL.
 */
export function mayView(
  image: { readonly ownerId: string; readonly visibility: Visibility },
  viewer: Viewer,
): boolean {
  return image.visibility !== "private" || image.ownerId === viewer;
}
