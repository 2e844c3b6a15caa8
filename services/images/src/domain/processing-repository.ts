import type { Dimensions } from "./dimensions/dimensions.ts";
import type { ImageFailure, Variant } from "./image.ts";

/** The rendered image. */
export interface Rendition extends Dimensions {
  readonly placeholder: Uint8Array;
  readonly variants: readonly Variant[];
}

/** An image that is not processed yet. */
export interface UnprocessedImage {
  /** The hash of the original. */
  readonly blobHash: string;
  /** The size in its header; undefined if it is unknown. */
  readonly size: Dimensions | undefined;
  /** How many tries to render it alone have begun and not ended: their worker ended meanwhile. */
  readonly lostTries: number;
}

/** Stores the results of processing. */
export interface ProcessingRepository {
  /**
   * Marks that an image's turn has begun, and returns the image. Undefined if it is deleted, or
   * processed already.
   */
  startImage(id: string): Promise<UnprocessedImage | undefined>;
  /**
   * Gives an image whose rendering was aborted another turn, behind all others of its owner, as if
   * it were of the largest. False if the image is deleted, or processed already.
   */
  postponeImage(id: string, earlierAttempts: number): Promise<boolean>;
  /** Counts a try to render an image alone. */
  beginTry(id: string): Promise<void>;
  /** Forgets the tries, since the last one has ended, and its worker has not. */
  endTry(id: string): Promise<void>;
  /**
   * Marks an image as ready, in one transaction, within which it calls `storeBytes` for the bytes
   * of the variants. False if the image is deleted, or processed already.
   */
  completeImage(
    id: string,
    result: { readonly rendition: Rendition; readonly updateTime: Date },
    storeBytes: () => Promise<void>,
  ): Promise<boolean>;
  /** Marks an image as failed, unless it is deleted, or processed already. */
  failImage(
    id: string,
    result: { readonly failure: ImageFailure; readonly updateTime: Date },
  ): Promise<void>;
  /** Removes the turns of images that are processed. */
  removeStaleTurns(): Promise<void>;
}
