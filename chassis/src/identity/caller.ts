import type { AccessToken } from "./access-token.ts";

/** A caller without a token. */
interface AnonymousCaller {
  readonly kind: "anonymous";
}

/** A caller with a verified access token. */
export interface UserCaller {
  readonly kind: "user";
  readonly userId: string;
  readonly sessionId: string;
  /**
   * Whether the user is an operator of the system, who may see a trace of the answer. It gives no
   * access to other users' data.
   */
  readonly operator: boolean;
  /** The token itself, for calls to other services on this user's behalf. Never logged. */
  readonly token: string;
}

/**
 * The caller on whose behalf a call is made. Each process reads it from the token, and never
 * believes another process.
 */
export type Caller = AnonymousCaller | UserCaller;

/** The anonymous caller. */
export const ANONYMOUS: AnonymousCaller = Object.freeze({ kind: "anonymous" });

/** Returns the caller of a verified token. */
export function callerOf({ subject, sessionId, operator, token }: AccessToken): UserCaller {
  return { kind: "user", userId: subject, sessionId, operator, token };
}
