import assert from "node:assert";
import type { Connection } from "@triptych/chassis/database/connection";
import type { Database } from "@triptych/chassis/database/database";
import { ID_MAX } from "@triptych/chassis/ids/id-bounds";
import { SESSIONS_PER_USER_MAX } from "#domain/session.ts";
import type { OpenSession, SessionRepository } from "#domain/session-repository.ts";
import type { LockedSession, SessionRotation } from "#domain/session-rotation.ts";
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
  readonly expire_time: Date;
}

/** Stores sessions in Postgres. The id of a session ends in the slot of its user: one shard. */
export function createSessionRepository(database: Database): SessionRepository {
  return {
    insertSession(userId, session, signal) {
      const { id, userAgent, refreshTokenHash, createTime, expireTime } = session;
      const insert = async (connection: Connection): Promise<OpenSession | undefined> => {
        const locked = await connection.query<AccountRow>(LOCK_ACCOUNT, [userId]);
        const [account] = locked.rows;
        if (account === undefined) return undefined;
        const values = [userId, id, refreshTokenHash, userAgent, createTime, expireTime];
        const { rows } = await connection.query<SessionRow>(INSERT_SESSION, values);
        const surplus = [userId, id, SESSIONS_PER_USER_MAX, createTime];
        await connection.query(DELETE_SURPLUS_SESSIONS, surplus);
        return toOpenSession(rows[0], account);
      };
      return database.for(userId).transaction(insert, signal);
    },

    rotateSession: (sessionId, decide, signal) =>
      database
        .for(sessionId)
        .transaction((connection) => rotate(connection, sessionId, decide), signal),

    async isSessionOpen({ userId, sessionId }, now, signal) {
      const values = [userId, sessionId, now];
      const { rowCount } = await database
        .for(userId)
        .readCurrent(SELECT_OPEN_SESSION, values, signal);
      return rowCount > 0;
    },

    async listSessions({ userId, now, after, limit }, signal) {
      const shard = database.for(userId);
      const values = [userId, now, after?.[0] ?? ID_MAX, limit];
      const { rows } = await shard.readCurrent<SessionRow>(SELECT_SESSIONS, values, signal);
      return rows.map(toSession);
    },

    async deleteSession({ userId, sessionId }, now, signal) {
      const values = [userId, sessionId, now];
      const { rowCount } = await database.for(userId).write(DELETE_SESSION, values, signal);
      return rowCount > 0;
    },
  };
}

/**
 * Returns undefined, and does not throw, where it deletes the session: the deletion must be
 * committed.
 */
async function rotate(
  connection: Connection,
  sessionId: string,
  decide: (current: LockedSession) => SessionRotation | undefined,
): Promise<OpenSession | undefined> {
  const locked = await connection.query<LockedSessionRow>(LOCK_SESSION, [sessionId]);
  const [row] = locked.rows;
  if (row === undefined) return undefined;
  const key = [row.user_id, sessionId];
  const rotation = decide({
    refreshTokenHash: row.refresh_token_hash,
    expireTime: row.expire_time,
  });
  if (rotation === undefined) {
    await connection.query(DELETE_REVOKED_SESSION, key);
    return undefined;
  }
  const values = [...key, rotation.refreshTokenHash, rotation.refreshTime, rotation.expireTime];
  const { rows } = await connection.query<SessionRow>(UPDATE_SESSION, values);
  const accounts = await connection.query<AccountRow>(SELECT_SESSION_ACCOUNT, [row.user_id]);
  return toOpenSession(rows[0], accounts.rows[0]);
}

function toOpenSession(
  session: SessionRow | undefined,
  account: AccountRow | undefined,
): OpenSession {
  assert(session && account, "both rows are locked by this transaction");
  return { session: toSession(session), account: toAccount(account) };
}
