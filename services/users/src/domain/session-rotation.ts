import { expireTimeFrom, isOpen } from "./session.ts";

/** A session as it is locked for a refresh. */
export interface LockedSession {
  /** SHA-256 of the one refresh token that is good now. */
  readonly refreshTokenHash: Buffer;
  readonly expireTime: Date;
}

/** What a client showed, and what is to replace it. */
export interface ShownToken {
  readonly shownHash: Buffer;
  readonly nextHash: Buffer;
}

/** What a refresh writes into its session. */
export interface SessionRotation {
  readonly refreshTokenHash: Buffer;
  readonly refreshTime: Date;
  readonly expireTime: Date;
}

/**
 * The rule of refresh token rotation (RFC 9700, 4.14.2): the current token is good for one use, and
 * any other ends the session, since a stolen token and its owner's must not both go on. Returns
 * undefined if the session must end.
 *
 * Any other secret ends it, not only one that was good before: only a client that has had a token
 * of the session knows the session's id. An expired session ends too.
 */
export function decideRotation(
  current: LockedSession,
  { shownHash, nextHash }: ShownToken,
  now: Date,
): SessionRotation | undefined {
  if (!isOpen(current, now) || !current.refreshTokenHash.equals(shownHash)) return undefined;
  return { refreshTokenHash: nextHash, refreshTime: now, expireTime: expireTimeFrom(now) };
}
