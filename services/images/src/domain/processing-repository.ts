import type { Dimensions } from "./dimensions/dimensions.ts";
import type { ImageFailure, Variant } from "./image.ts";

/** The rendered image. */
export interface Rendition extends Dimensions {
  readonly placeholder: Uint8Array;
  readonly variants: readonly Variant[];
}

/** Stores the results of processing. */
export interface ProcessingRepository {
  /**
   * Marks that an image's turn has begun, and returns the hash of the original. Undefined if the
   * image is deleted, or processed already.
   */
  startImage(id: string): Promise<string | undefined>;
  /**
   * Gives an image whose rendering was aborted another turn, behind all others of its owner, as if
   * it were of the largest. False if the image is deleted, or processed already.
   */
  postponeImage(id: string, earlierAttempts: number): Promise<boolean>;
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
