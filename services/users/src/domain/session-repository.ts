import type { PageQuery } from "@triptych/chassis/validation/page";
import type { Session, SessionKey } from "./session.ts";
import type { LockedSession, SessionRotation } from "./session-rotation.ts";
import type { Account } from "./user.ts";

/** A session that is about to be opened. */
export interface NewSession {
  readonly id: string;
  readonly userAgent: string;
  readonly refreshTokenHash: Buffer;
  /** Also its first refresh time. */
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
  /** Only the sessions that are open then are listed. */
  readonly now: Date;
}

/**
 * The rows of sessions. Every function throws DatabaseUnavailable or QueryCanceled if the database
 * cannot answer.
 */
export interface SessionRepository {
  /**
   * Opens a session, clears the user's expired ones away, and ends those beyond the limit. Nothing
   * if the account is gone.
   */
  insertSession(
    userId: string,
    session: NewSession,
    signal: AbortSignal,
  ): Promise<OpenSession | undefined>;
  /**
   * Locks a session, and writes what `decide` returns; ends the session if that is undefined.
   * Returns undefined if there is no such session any more. `decide` may run more than once.
   */
  rotateSession(
    sessionId: string,
    decide: (current: LockedSession) => SessionRotation | undefined,
    signal: AbortSignal,
  ): Promise<OpenSession | undefined>;
  isSessionOpen(key: SessionKey, now: Date, signal: AbortSignal): Promise<boolean>;
  /** Lists newest first. */
  listSessions(query: SessionQuery, signal: AbortSignal): Promise<readonly Session[]>;
  /** Ends an open session. Says whether there was one. */
  deleteSession(key: SessionKey, now: Date, signal: AbortSignal): Promise<boolean>;
}
