import type { UserCaller } from "@triptych/chassis/identity/caller";

/** A signed-in device. */
export interface Session {
  readonly id: string;
  readonly userId: string;
  /** The user agent that the client sent when it signed in. */
  readonly userAgent: string;
  readonly createTime: Date;
  /** The time of the last refresh, or of the sign-in. */
  readonly refreshTime: Date;
  readonly expireTime: Date;
}

/** The tokens that a client receives for its session. */
export interface SessionTokens {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
}

/** A session, as an access token names it. */
export interface SessionKey {
  readonly userId: string;
  readonly sessionId: string;
}

/** The session of a caller's access token. */
export function keyOf({ userId, sessionId }: UserCaller): SessionKey {
  return { userId, sessionId };
}

/** How long a session lives after its last refresh: 30 days. */
const SESSION_LIFETIME_MS = 30 * 24 * 60 * 60 * 1_000;

/**
 * The lifetime of an access token. The other services cannot see whether the session is open, and
 * trust the token for so long.
 */
export const ACCESS_TOKEN_LIFETIME_SECONDS = 600;

/**
 * How many sessions a user may have open. A further one ends the session whose last refresh is the
 * oldest.
 */
export const SESSIONS_PER_USER_MAX = 50;

const USER_AGENT_CODE_POINTS_MAX = 256;

/** The time when a session expires that is opened or refreshed now. */
export function expireTimeFrom(now: Date): Date {
  return new Date(now.getTime() + SESSION_LIFETIME_MS);
}

/**
 * Returns whether a session has not expired. A session that was ended is deleted. Its SQL twins are
 * the conditions `expire_time > $n` of the statements of sessions and accounts.
 */
export function isOpen({ expireTime }: Pick<Session, "expireTime">, now: Date): boolean {
  return expireTime > now;
}

/** Cuts a user agent to its limit; a NUL or half a character becomes U+FFFD. */
export function toUserAgent(text: string): string {
  const kept = [...text].slice(0, USER_AGENT_CODE_POINTS_MAX).join("");
  return kept.toWellFormed().replaceAll("\0", "\uFFFD");
}
