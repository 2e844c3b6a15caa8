import type {
  Dimensions,
  Image,
  ImageFacts,
  ImageFailure,
  ImageFields,
  Variant,
  Viewer,
  Visibility,
} from "./image.ts";

/** An image that was uploaded and is not yet kept. */
export interface NewImage extends ImageFields {
  readonly id: string;
  readonly ownerId: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly blobHash: string;
  readonly createTime: Date;
}

/** Which images to list: those that the viewer may see in a list, newest first. */
export interface ImageQuery {
  readonly viewer: Viewer;
  readonly ownerId: string | undefined;
  readonly tag: string | undefined;
  /** Only those before this one in the list. */
  readonly beforeId: string | undefined;
  readonly limit: number;
}

/** Keeps images, and counts who refers to which bytes. */
export interface ImageRepository {
  /** Finds an image, whoever may see it; `liked` is the viewer's. */
  findImage(id: string, viewer: Viewer, signal?: AbortSignal): Promise<Image | undefined>;
  /** Finds the facts of an image, whoever may see it, and who may: one row of one table. */
  findImageFacts(
    id: string,
    signal: AbortSignal,
  ): Promise<(ImageFacts & { readonly visibility: Visibility }) | undefined>;
  /** Finds those that exist, in no order. */
  findImages(
    ids: readonly string[],
    viewer: Viewer,
    signal?: AbortSignal,
  ): Promise<readonly Image[]>;
  listImages(query: ImageQuery, signal?: AbortSignal): Promise<readonly Image[]>;
  /** Resolves if an image could be kept now; else throws what `createImage` would. */
  checkWritable(): Promise<void>;
  /**
   * Keeps an image and asks for its variants, in one transaction, in which `place` puts its bytes
   * into the store.
   */
  createImage(image: NewImage, place: () => Promise<void>): Promise<Image>;
  /**
   * Locks an image, and gives it the fields that `change` gives, or throws. Undefined if there is
   * no such image.
   */
  updateImage(
    id: string,
    change: (image: Image) => { readonly viewer: Viewer; readonly fields: Partial<ImageFields> },
    signal?: AbortSignal,
  ): Promise<Image | undefined>;
  /**
   * Locks an image, lets `check` throw, and removes it with all that hangs on it. Gives the hashes
   * of the bytes that nobody refers to any more. Undefined if there is no such image.
   */
  deleteImage(
    id: string,
    check: (image: Image) => void,
    signal?: AbortSignal,
  ): Promise<readonly string[] | undefined>;
}

/** What became of an image's bytes. */
export interface Rendition extends Dimensions {
  readonly placeholder: Uint8Array;
  readonly variants: readonly Variant[];
}

/** Keeps what processing finds out. */
export interface ProcessingRepository {
  /** The hash of the bytes to be processed; undefined if the image is gone, or done. */
  findUnprocessed(id: string): Promise<string | undefined>;
  /**
   * Makes an image ready, in one transaction, in which `place` puts its variants' bytes into the
   * store. False if it is gone, or done.
   */
  completeImage(id: string, rendition: Rendition, place: () => Promise<void>): Promise<boolean>;
  /** Marks an image as failed, if it is not gone, or done. */
  failImage(id: string, failure: ImageFailure): Promise<void>;
}

/** Counts who refers to which bytes. */
export interface BlobReferences {
  /** Calls `remove` if nobody refers to the bytes, while nobody can begin to. */
  ifUnreferenced(hash: string, remove: () => Promise<void>): Promise<void>;
  /** Hashes whose last reference went, and whose bytes may still be there. */
  findUnreferenced(limit: number): Promise<readonly string[]>;
}
