import type { AccessToken } from "./access-token.ts";

/** Somebody who showed no token. */
interface AnonymousCaller {
  readonly kind: "anonymous";
}

/** Somebody who showed an access token that was verified. */
export interface UserCaller {
  readonly kind: "user";
  readonly userId: string;
  readonly sessionId: string;
  /**
   * Whether they run the system, and may see how it came to an answer. It opens nobody else's data
   * to them.
   */
  readonly operator: boolean;
  /** The token itself, for calls to other services on this user's behalf. Never logged. */
  readonly token: string;
}

/**
 * On whose behalf a call is made. Each process decides it from the token, never from another's
 * word.
 */
export type Caller = AnonymousCaller | UserCaller;

/** The caller without a token. */
export const ANONYMOUS: AnonymousCaller = Object.freeze({ kind: "anonymous" });

/** Makes the caller that a verified token speaks for. */
export function callerOf({ subject, sessionId, operator, token }: AccessToken): UserCaller {
  return { kind: "user", userId: subject, sessionId, operator, token };
}
