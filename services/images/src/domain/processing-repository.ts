import type { Dimensions } from "./dimensions/dimensions.ts";
import type { ImageFailure, Variant } from "./image.ts";

/** What became of an image's bytes. */
export interface Rendition extends Dimensions {
  readonly placeholder: Uint8Array;
  readonly variants: readonly Variant[];
}

/** Stores the results of processing. */
export interface ProcessingRepository {
  /** The hash of the bytes to be processed; undefined if the image is gone, or done. */
  findUnprocessed(id: string): Promise<string | undefined>;
  /**
   * Makes an image ready, in one transaction, within which it calls `storeBytes` for the bytes of
   * the variants. False if the image is gone, or done.
   */
  completeImage(
    id: string,
    result: { readonly rendition: Rendition; readonly updateTime: Date },
    storeBytes: () => Promise<void>,
  ): Promise<boolean>;
  /** Marks an image as failed, if it is not gone, or done. */
  failImage(
    id: string,
    result: { readonly failure: ImageFailure; readonly updateTime: Date },
  ): Promise<void>;
}
