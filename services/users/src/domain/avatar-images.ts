import type { Asker } from "@triptych/chassis/identity/asker";

/** The facts that decide whether an image may be an avatar. */
export interface AvatarImage {
  readonly ownerId: string;
  readonly ready: boolean;
}

/** The images service, as far as avatars need it. */
export interface AvatarImages {
  /**
   * Finds an image that the asker may see.
   *
   * @throws Failure DEPENDENCY_UNAVAILABLE if the images service cannot be called.
   */
  findImage(id: string, asker: Asker): Promise<AvatarImage | undefined>;
}
