import type { Asker } from "@triptych/chassis/identity/asker";

/** What the rules need to know about an image. */
export interface ImageFacts {
  readonly ownerId: string;
  readonly commentsOpen: boolean;
}

/** The port of the images service. */
export interface ImageLookup {
  /**
   * Finds an image that the asker may see. Images is called each time: a cached answer could show
   * what has become private.
   *
   * @throws Failure DEPENDENCY_UNAVAILABLE if images cannot be called.
   */
  findImage(id: string, asker: Asker): Promise<ImageFacts | undefined>;
}
