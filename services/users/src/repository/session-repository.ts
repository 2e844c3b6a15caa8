import assert from "node:assert";
import type { Connection } from "@triptych/chassis/database/connection";
import type { Database } from "@triptych/chassis/database/database";
import { SESSION_LIFETIME_MS, SESSIONS_PER_USER_MAX } from "#domain/session.ts";
import type { OpenSession, Rotation, SessionRepository } from "#domain/session-repository.ts";
import { type SessionRow, toSession } from "./session-row.ts";
import {
  DELETE_REVOKED_SESSION,
  DELETE_SESSION,
  DELETE_SURPLUS_SESSIONS,
  INSERT_SESSION,
  LOCK_ACCOUNT,
  LOCK_SESSION,
  SELECT_OPEN_SESSION,
  SELECT_SESSION_ACCOUNT,
  SELECT_SESSIONS,
  UPDATE_SESSION,
} from "./session-statements.ts";
import { type AccountRow, toAccount } from "./user-row.ts";

interface LockedSessionRow {
  readonly user_id: string;
  readonly refresh_token_hash: Buffer;
  readonly open: boolean;
}

/** Makes the repository of sessions. */
export function createSessionRepository(database: Database): SessionRepository {
  return {
    insertSession(userId, { id, userAgent, refreshTokenHash }, signal) {
      const insert = async (connection: Connection): Promise<OpenSession | undefined> => {
        const locked = await connection.query<AccountRow>(LOCK_ACCOUNT, [userId]);
        const [account] = locked.rows;
        if (account === undefined) return undefined;
        const values = [userId, id, refreshTokenHash, userAgent, SESSION_LIFETIME_MS];
        const { rows } = await connection.query<SessionRow>(INSERT_SESSION, values);
        await connection.query(DELETE_SURPLUS_SESSIONS, [userId, id, SESSIONS_PER_USER_MAX]);
        return toOpenSession(rows[0], account);
      };
      return database.for(userId).transaction(insert, signal);
    },

    rotateSession: (rotation, signal) =>
      database
        .for(rotation.sessionId)
        .transaction((connection) => rotate(connection, rotation), signal),

    async isSessionOpen({ userId, sessionId }, signal) {
      const values = [userId, sessionId];
      const { rowCount } = await database
        .for(userId)
        .readCurrent(SELECT_OPEN_SESSION, values, signal);
      return rowCount > 0;
    },

    async listSessions({ userId, after, limit }, signal) {
      const shard = database.for(userId);
      const values = [userId, after?.[0], limit];
      const { rows } = await shard.readCurrent<SessionRow>(SELECT_SESSIONS, values, signal);
      return rows.map(toSession);
    },

    async deleteSession({ userId, sessionId }, signal) {
      const values = [userId, sessionId];
      const { rowCount } = await database.for(userId).write(DELETE_SESSION, values, signal);
      return rowCount > 0;
    },
  };
}

/**
 * Gives undefined, and does not throw, where the session is ended: its end has to be committed. Any
 * other secret than the current one ends it, not only one that was good before: to know the
 * session's id, one has had a token of it.
 */
async function rotate(
  connection: Connection,
  { sessionId, shownHash, nextHash }: Rotation,
): Promise<OpenSession | undefined> {
  const locked = await connection.query<LockedSessionRow>(LOCK_SESSION, [sessionId]);
  const [current] = locked.rows;
  if (current === undefined) return undefined;
  const key = [current.user_id, sessionId];
  if (!current.open || !current.refresh_token_hash.equals(shownHash)) {
    await connection.query(DELETE_REVOKED_SESSION, key);
    return undefined;
  }
  const values = [...key, nextHash, SESSION_LIFETIME_MS];
  const { rows } = await connection.query<SessionRow>(UPDATE_SESSION, values);
  const accounts = await connection.query<AccountRow>(SELECT_SESSION_ACCOUNT, [current.user_id]);
  return toOpenSession(rows[0], accounts.rows[0]);
}

function toOpenSession(
  session: SessionRow | undefined,
  account: AccountRow | undefined,
): OpenSession {
  assert(session && account, "both rows are locked by this transaction");
  return { session: toSession(session), account: toAccount(account) };
}
