import type { CallContext } from "@triptych/chassis/rpc/call-context";

/** What comments must know of an image. */
export interface ImageFacts {
  readonly ownerId: string;
  readonly commentsOpen: boolean;
}

/** Where the facts of images come from: another service owns them. */
export interface Images {
  /**
   * Finds an image as the caller of `context` may see it; undefined if there is none for them.
   * Asked anew for every call: an answer of a minute ago must not show what has become private.
   *
   * @throws Failure DEPENDENCY_UNAVAILABLE if it cannot be asked.
   */
  findImage(id: string, context: CallContext): Promise<ImageFacts | undefined>;
}
