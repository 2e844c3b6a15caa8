import { Failure } from "@triptych/chassis/contract/failure";

/**
 * Why the users service refuses. The names are those of `ErrorReason` in the contract, which says
 * what each means.
 */
export type Reason =
  | "INVALID_ARGUMENT"
  | "UNAUTHENTICATED"
  | "HANDLE_TAKEN"
  | "EMAIL_TAKEN"
  | "BAD_CREDENTIALS"
  | "SESSION_REVOKED"
  | "SESSION_NOT_FOUND"
  | "USER_NOT_FOUND"
  | "AVATAR_NOT_USABLE"
  | "ETAG_MISMATCH"
  | "HASHING_OVERLOADED"
  | "DEPENDENCY_UNAVAILABLE";

/** The caller's access token is valid, and its session has ended. */
export function sessionEnded(): Failure<Reason> {
  return new Failure<Reason>("UNAUTHENTICATED", "The session has ended: sign in again.");
}

/** The handle belongs to another account. */
export function handleTaken(handle: string): Failure<Reason> {
  return new Failure<Reason>("HANDLE_TAKEN", "The handle is taken: choose another.", {
    metadata: { handle },
  });
}

/**
 * The e-mail address belongs to another account. It is personal, so it stands neither in the
 * message nor in the metadata.
 */
export function emailTaken(): Failure<Reason> {
  return new Failure<Reason>("EMAIL_TAKEN", "There is an account with this e-mail address.");
}

/** The login is unknown, or the password is not its own: one answer, which shows neither. */
export function badCredentials(): Failure<Reason> {
  return new Failure<Reason>("BAD_CREDENTIALS", "The login or the password is wrong.");
}

/**
 * The refresh token belongs to no session, or to one that has ended; this very token may have ended
 * it.
 */
export function sessionRevoked(): Failure<Reason> {
  return new Failure<Reason>(
    "SESSION_REVOKED",
    "The refresh token is unknown, expired or was used before: sign in again.",
  );
}

/** The caller has no such session. */
export function sessionNotFound(id: string): Failure<Reason> {
  return new Failure<Reason>("SESSION_NOT_FOUND", `You have no session ${id}.`, {
    metadata: { id },
  });
}

/** There is no such user. */
export function userNotFound(id: string): Failure<Reason> {
  return new Failure<Reason>("USER_NOT_FOUND", `There is no user ${id}.`, { metadata: { id } });
}

/**
 * The image cannot be an avatar. The answer does not show whether it exists: it may be another
 * user's private image.
 */
export function avatarNotUsable(imageId: string): Failure<Reason> {
  return new Failure<Reason>(
    "AVATAR_NOT_USABLE",
    `Image ${imageId} cannot be the avatar: it must be an image of your own that is ready.`,
    { metadata: { image_id: imageId } },
  );
}

/** The profile was changed after the client had read this etag. */
export function etagMismatch(): Failure<Reason> {
  return new Failure<Reason>(
    "ETAG_MISMATCH",
    "The profile was changed meanwhile: read it again, then repeat your change.",
  );
}

/** More passwords wait to be hashed than can be hashed in time. */
export function hashingOverloaded(retryAfterMs: number): Failure<Reason> {
  return new Failure<Reason>(
    "HASHING_OVERLOADED",
    "Too many people are signing in or up: try again shortly.",
    { retryAfterMs },
  );
}
