import type { Dimensions } from "./dimensions/dimensions.ts";
import type { Image, ImageFacts, ImageFields, Viewer, Visibility } from "./image.ts";

/** The facts of an image, and who may know of it. */
export type VisibleFacts = ImageFacts & { readonly visibility: Visibility };

/** An image that was uploaded and is not stored yet. */
export interface NewImage extends ImageFields {
  readonly id: string;
  readonly ownerId: string;
  readonly contentType: string;
  /** Undefined if only decoding can find it. */
  readonly dimensions: Dimensions | undefined;
  readonly sizeBytes: number;
  readonly blobHash: string;
  readonly createTime: Date;
}

/** A change of an image. */
export interface ImageChange {
  /** The new values of the fields that change. */
  readonly fields: Partial<ImageFields>;
  readonly updateTime: Date;
}

/** A page of a list of images, newest first. */
export interface ImageQuery {
  /** Only this user's images. */
  readonly ownerId: string | undefined;
  /** Only images with this tag. */
  readonly tag: string | undefined;
  /** The id of the last image of the page before: a cursor. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** Stores images. */
export interface ImageRepository {
  /** Finds an image, regardless of who may see it; `liked` is the viewer's. */
  findImage(id: string, viewer: Viewer, signal: AbortSignal): Promise<Image | undefined>;
  /**
   * Finds the facts of an image and its visibility, regardless of who may see it: one row of one
   * table.
   */
  findImageFacts(id: string, signal: AbortSignal): Promise<VisibleFacts | undefined>;
  /** The same of those that exist, in no order. */
  findImagesFacts(ids: readonly string[], signal: AbortSignal): Promise<readonly VisibleFacts[]>;
  /** Finds those that exist, in no order. */
  findImages(
    ids: readonly string[],
    viewer: Viewer,
    signal: AbortSignal,
  ): Promise<readonly Image[]>;
  /** Finds the images that the viewer may see in a list. */
  listImages(query: ImageQuery, viewer: Viewer, signal: AbortSignal): Promise<readonly Image[]>;
  /** Resolves if an image could be stored now; else throws what `createImage` would. */
  checkWritable(): Promise<void>;
  /**
   * Stores an image and requests its variants, in one transaction, within which it calls
   * `storeBytes`. Takes no signal: a transaction that ends by itself leaves no doubt.
   */
  createImage(image: NewImage, storeBytes: () => Promise<void>): Promise<Image>;
  /**
   * Locks an image, and stores the change that `decide` returns, unless it throws. Undefined if
   * there is no such image. `liked` is the owner's.
   */
  updateImage(
    id: string,
    decide: (image: Image) => ImageChange,
    signal: AbortSignal,
  ): Promise<Image | undefined>;
  /**
   * Locks an image and, unless `check` throws, removes it with its variants, tags and likes.
   * Returns the hashes of the bytes that nobody refers to any more. Undefined if there is no such
   * image.
   */
  deleteImage(
    id: string,
    check: (image: Image) => void,
    signal: AbortSignal,
  ): Promise<readonly string[] | undefined>;
}
