import type { UserCaller } from "@triptych/chassis/identity/caller";

/** A signed-in device. */
export interface Session {
  readonly id: string;
  readonly userId: string;
  /** What the client said of itself when it signed in. */
  readonly userAgent: string;
  readonly createTime: Date;
  /** When its refresh token was last used, or when it was opened. */
  readonly refreshTime: Date;
  readonly expireTime: Date;
}

/** What a client is given to go on with. */
export interface SessionTokens {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
}

/** Whose session: what an access token says. */
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
 * An access token is good for so long, in seconds. Services that cannot ask whether the session is
 * open trust it until then.
 */
export const ACCESS_TOKEN_LIFETIME_SECONDS = 600;

/**
 * How many sessions a user may have open; a further one ends the one that was refreshed longest
 * ago.
 */
export const SESSIONS_PER_USER_MAX = 50;

/** What is kept of a user agent, in code points. */
const USER_AGENT_CODE_POINTS_MAX = 256;

/** When a session that is opened or refreshed now expires. */
export function expireTimeFrom(now: Date): Date {
  return new Date(now.getTime() + SESSION_LIFETIME_MS);
}

/**
 * Says whether a session has not expired; one that was ended is deleted. Its SQL twins are the
 * conditions `expire_time > $n` of the statements of sessions and accounts.
 */
export function isOpen({ expireTime }: Pick<Session, "expireTime">, now: Date): boolean {
  return expireTime > now;
}

/** Cuts a user agent to its limit; a NUL or half a character becomes U+FFFD. */
export function toUserAgent(text: string): string {
  const kept = [...text].slice(0, USER_AGENT_CODE_POINTS_MAX).join("");
  return kept.toWellFormed().replaceAll("\0", "\uFFFD");
}
