import type { PageQuery } from "@triptych/chassis/validation/page";
import type { Session, SessionKey } from "./session.ts";
import type { LockedSession, SessionRotation } from "./session-rotation.ts";
import type { Account } from "./user.ts";

/** A session that is about to be opened. */
export interface NewSession {
  readonly id: string;
  readonly userAgent: string;
  readonly refreshTokenHash: Buffer;
  /** Also the first refresh time. */
  readonly createTime: Date;
  readonly expireTime: Date;
}

/** A session with the account that it belongs to. */
export interface OpenSession {
  readonly session: Session;
  readonly account: Account;
}

/** Which sessions of a user to list. The position of a session in its list is its id. */
export interface SessionQuery extends PageQuery {
  readonly userId: string;
  /** Only sessions that are open at this time are listed. */
  readonly now: Date;
}

/**
 * The port of the stored sessions. Every method throws DatabaseUnavailable or QueryCanceled if the
 * database cannot answer.
 */
export interface SessionRepository {
  /**
   * Inserts a session, and deletes the user's expired sessions and those beyond the limit. Returns
   * undefined if the account does not exist.
   */
  insertSession(
    userId: string,
    session: NewSession,
    signal: AbortSignal,
  ): Promise<OpenSession | undefined>;
  /**
   * Locks a session, and writes what `decide` returns; deletes the session if that is undefined.
   * Returns undefined if there is no such session any more. `decide` may run more than once, so it
   * must have no effects.
   */
  rotateSession(
    sessionId: string,
    decide: (current: LockedSession) => SessionRotation | undefined,
    signal: AbortSignal,
  ): Promise<OpenSession | undefined>;
  isSessionOpen(key: SessionKey, now: Date, signal: AbortSignal): Promise<boolean>;
  /** Lists newest first. */
  listSessions(query: SessionQuery, signal: AbortSignal): Promise<readonly Session[]>;
  /** Deletes an open session. Returns whether there was one. */
  deleteSession(key: SessionKey, now: Date, signal: AbortSignal): Promise<boolean>;
}
