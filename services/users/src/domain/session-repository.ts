import type { PageQuery } from "@triptych/chassis/validation/page";
import type { Session, SessionKey } from "./session.ts";
import type { Account } from "./user.ts";

/** A session that is about to be opened. */
export interface NewSession {
  readonly id: string;
  readonly userAgent: string;
  readonly refreshTokenHash: Buffer;
}

/** A session with the account that it belongs to. */
export interface OpenSession {
  readonly session: Session;
  readonly account: Account;
}

/** A refresh token that was shown, and the one that is to replace it. */
export interface Rotation {
  readonly sessionId: string;
  readonly shownHash: Buffer;
  readonly nextHash: Buffer;
}

/** Which open sessions of a user to list. The position of a session in its list is its id. */
export interface SessionQuery extends PageQuery {
  readonly userId: string;
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
   * Replaces the refresh token if the one that was shown is the current one. If it is not, the
   * session ends.
   */
  rotateSession(rotation: Rotation, signal: AbortSignal): Promise<OpenSession | undefined>;
  isSessionOpen(key: SessionKey, signal: AbortSignal): Promise<boolean>;
  /** Lists newest first. */
  listSessions(query: SessionQuery, signal: AbortSignal): Promise<readonly Session[]>;
  /** Ends an open session. Says whether there was one. */
  deleteSession(key: SessionKey, signal: AbortSignal): Promise<boolean>;
}
