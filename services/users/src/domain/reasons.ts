import { Failure } from "@triptych/chassis/contract/failure";

/** Why the users service refuses: the names of the contract's `ErrorReason`. */
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

/** The caller's access token is good, and its session is not any more. */
export function sessionEnded(): Failure<Reason> {
  return new Failure<Reason>("UNAUTHENTICATED", "The session has ended: sign in again.");
}

/** The handle is another's. */
export function handleTaken(handle: string): Failure<Reason> {
  return new Failure<Reason>("HANDLE_TAKEN", "The handle is taken: choose another.", {
    metadata: { handle },
  });
}

/**
 * The e-mail address is another's. It is personal, so it stands neither in the message nor in the
 * metadata.
 */
export function emailTaken(): Failure<Reason> {
  return new Failure<Reason>("EMAIL_TAKEN", "There is an account with this e-mail address.");
}

/** No such login, or not its password: one answer for both, which tells neither. */
export function badCredentials(): Failure<Reason> {
  return new Failure<Reason>("BAD_CREDENTIALS", "The login or the password is wrong.");
}

/**
 * The refresh token is of no session, or of one that has ended, maybe just now and because of it.
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
 * The image cannot be an avatar. Whether it exists is not told: it may be another's private one.
 */
export function avatarNotUsable(imageId: string): Failure<Reason> {
  return new Failure<Reason>(
    "AVATAR_NOT_USABLE",
    `Image ${imageId} cannot be the avatar: it must be an image of your own that is ready.`,
    { metadata: { image_id: imageId } },
  );
}

/** The profile was changed since the etag was given out. */
export function etagMismatch(): Failure<Reason> {
  return new Failure<Reason>(
    "ETAG_MISMATCH",
    "The profile was changed meanwhile: read it again, then repeat your change.",
  );
}

/** More passwords wait to be hashed than can be in time. */
export function hashingOverloaded(retryAfterMs: number): Failure<Reason> {
  return new Failure<Reason>(
    "HASHING_OVERLOADED",
    "Too many people are signing in or up: try again shortly.",
    { retryAfterMs },
  );
}
