import type { Asker } from "@triptych/chassis/identity/asker";

/** What comments must know of an image. */
export interface ImageFacts {
  readonly ownerId: string;
  readonly commentsOpen: boolean;
}

/** Where the facts of images come from: another service owns them. */
export interface ImageLookup {
  /**
   * Finds an image as the asker may see it; undefined if there is none for them. Images is called
   * each time: an answer of a minute ago must not show what has become private.
   *
   * @throws Failure DEPENDENCY_UNAVAILABLE if images cannot be called.
   */
  findImage(id: string, asker: Asker): Promise<ImageFacts | undefined>;
}
