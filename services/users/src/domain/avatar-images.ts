import type { CallContext } from "@triptych/chassis/rpc/call-context";

/** What decides whether an image may be an avatar. */
export interface AvatarImage {
  readonly ownerId: string;
  readonly ready: boolean;
}

/** The images service, as far as avatars need it. */
export interface AvatarImages {
  /**
   * Finds an image that the caller may see. Throws DEPENDENCY_UNAVAILABLE if the service cannot be
   * asked.
   */
  findImage(id: string, context: CallContext): Promise<AvatarImage | undefined>;
}
