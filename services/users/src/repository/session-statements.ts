import type { Statement } from "@triptych/chassis/database/statement";
import { SESSION_COLUMNS } from "./session-row.ts";
import { ACCOUNT_COLUMNS } from "./user-row.ts";

/** A user's sign-ins wait for one another here, so that the limit of sessions holds. */
export const LOCK_ACCOUNT = {
  name: "lock_account",
  text: `select ${ACCOUNT_COLUMNS} from users where id = $1 for no key update`,
} as const satisfies Statement;

/** The account of a session that this transaction has locked. */
export const SELECT_SESSION_ACCOUNT = {
  name: "select_session_account",
  text: `select ${ACCOUNT_COLUMNS} from users where id = $1`,
} as const satisfies Statement;

/** $5 is both the create time and the first refresh time. */
export const INSERT_SESSION = {
  name: "insert_session",
  text: `insert into sessions
      (user_id, id, refresh_token_hash, user_agent, create_time, refresh_time, expire_time)
    values ($1, $2, $3, $4, $5, $5, $6) returning ${SESSION_COLUMNS}`,
} as const satisfies Statement;

/**
 * Deletes a user's sessions that are expired at $4, and the open ones beyond the $3 with the newest
 * refresh. Never deletes $2, the new session.
 */
export const DELETE_SURPLUS_SESSIONS = {
  name: "delete_surplus_sessions",
  text: `delete from sessions where user_id = $1 and id <> $2 and (expire_time <= $4 or id in (
      select id from sessions where user_id = $1 and expire_time > $4
      order by refresh_time desc, id desc offset $3))`,
} as const satisfies Statement;

/** Of two refreshes with one token, the second waits here, and then reads the new hash. */
export const LOCK_SESSION = {
  name: "lock_session",
  text: `select user_id, refresh_token_hash, expire_time from sessions
    where id = $1 for update`,
} as const satisfies Statement;

/** Writes a `SessionRotation` into a session that this transaction has locked. */
export const UPDATE_SESSION = {
  name: "update_session",
  text: `update sessions set refresh_token_hash = $3, refresh_time = $4, expire_time = $5
    where user_id = $1 and id = $2 returning ${SESSION_COLUMNS}`,
} as const satisfies Statement;

/** A row without columns if the session is open at $3. */
export const SELECT_OPEN_SESSION = {
  name: "select_open_session",
  text: "select from sessions where user_id = $1 and id = $2 and expire_time > $3",
} as const satisfies Statement;

/** The sessions open at $2, newest first; $3 is the id that the page begins before. */
export const SELECT_SESSIONS = {
  name: "select_sessions",
  text: `select ${SESSION_COLUMNS} from sessions
    where user_id = $1 and expire_time > $2 and id < $3
    order by id desc limit $4`,
} as const satisfies Statement;

/** Deletes the session if it is open at $3. */
export const DELETE_SESSION = {
  name: "delete_session",
  text: "delete from sessions where user_id = $1 and id = $2 and expire_time > $3",
} as const satisfies Statement;

/** Deletes a session that this transaction has locked, expired or not. */
export const DELETE_REVOKED_SESSION = {
  name: "delete_revoked_session",
  text: "delete from sessions where user_id = $1 and id = $2",
} as const satisfies Statement;
