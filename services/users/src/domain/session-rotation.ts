import { expireTimeFrom, isOpen } from "./session.ts";

/** A session as it is locked for a refresh. */
export interface LockedSession {
  /** SHA-256 of the one refresh token that is good now. */
  readonly refreshTokenHash: Buffer;
  readonly expireTime: Date;
}

/** The token that a client showed, and the one that is to replace it. */
export interface TokenExchange {
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
 * The rule of refresh token rotation (RFC 9700, 4.14.2). The current token is good for one use, and
 * any other token ends the session, since a thief and the owner must not both go on. Returns
 * undefined if the session must end. Decided on the locked row, so that it has no SQL twin.
 *
 * Every other secret counts, not only one that was current before: a client that knows the id of
 * the session has had a token of it. An expired session ends too.
 */
export function decideRotation(
  current: LockedSession,
  { shownHash, nextHash }: TokenExchange,
  now: Date,
): SessionRotation | undefined {
  if (!isOpen(current, now) || !current.refreshTokenHash.equals(shownHash)) return undefined;
  return { refreshTokenHash: nextHash, refreshTime: now, expireTime: expireTimeFrom(now) };
}
