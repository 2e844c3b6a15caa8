import type { Statement } from "@triptych/chassis/database/statement";
import { PAGE_SIZE_MAX } from "@triptych/chassis/validation/page";
import { ACCOUNT_COLUMNS, USER_COLUMNS } from "./user-row.ts";

/** Returns the row of the handle first if two rows match. */
export const SELECT_TAKEN = {
  name: "select_taken",
  text: `select handle = $1 as handle_taken from users where handle = $1 or email_key = $2
    order by handle_taken desc limit 1`,
} as const satisfies Statement;

/**
 * Returns no row if the handle or e-mail address is taken: an error would write the address into
 * Postgres' log.
 */
export const INSERT_ACCOUNT = {
  name: "insert_account",
  text: `insert into users (id, handle, email, email_key, display_name, display_name_key, password_hash,
      create_time, update_time)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $8) on conflict do nothing returning ${ACCOUNT_COLUMNS}`,
} as const satisfies Statement;

/** One public profile, by its key. */
export const SELECT_USER = {
  name: "select_user",
  text: `select ${USER_COLUMNS} from users where id = $1`,
} as const satisfies Statement;

/** Public profiles by their keys, in no order. */
export const SELECT_USERS = {
  name: "select_users",
  text: `select ${USER_COLUMNS} from users where id = any ($1::uuid[])`,
} as const satisfies Statement;

/** $1 is a folded handle. */
export const SELECT_USER_BY_HANDLE = {
  name: "select_user_by_handle",
  text: `select ${USER_COLUMNS} from users where handle = $1`,
} as const satisfies Statement;

/**
 * The longest prefix of a display name, in characters, for which `display_name_prefixes` has the
 * handles in order.
 */
export const INDEXED_PREFIX_MAX = 32;

/**
 * The longest page, with the row that tells whether another follows. As a constant it lets Postgres
 * plan for a page: for a parameter it expects a tenth of the table.
 */
const PAGE = `limit ${PAGE_SIZE_MAX + 1}`;

/**
 * $1 prefix, of at most INDEXED_PREFIX_MAX characters, $2 its last text, $3 after, $4 limit. At
 * most one page from each of two indexes, however many match: handles in the range from $1 to $2,
 * and the handles of the prefix of a display name. A plan for `like` could not use an index, since
 * a prepared statement does not know its pattern.
 */
export const SELECT_USERS_BY_PREFIX = {
  name: "select_users_by_prefix",
  text: `with page as (
      (select handle from users
        where handle >= $1 and handle <= $2 and handle > $3 order by handle limit $4)
      union
      (select handle from display_name_prefixes
        where prefix = $1 and handle > $3 order by handle limit $4)
      order by handle ${PAGE}
    )
    select ${USER_COLUMNS} from page join users using (handle) order by handle limit $4`,
} as const satisfies Statement;

/**
 * $1 prefix, longer than any handle, $2 its last text, $3 after, $4 limit. Reads every display name
 * that matches, in the range from $1 to $2. The names are materialized; otherwise Postgres reads
 * all handles in search of a rare name (50,000 users: 38 ms, now 0.3).
 */
export const SELECT_USERS_BY_LONG_PREFIX = {
  name: "select_users_by_long_prefix",
  text: `with named as materialized (
      select handle from users
      where display_name_key >= $1 and display_name_key <= $2 and handle > $3
    ), page as (
      select handle from named order by handle ${PAGE}
    )
    select ${USER_COLUMNS} from page join users using (handle) order by handle limit $4`,
} as const satisfies Statement;

/**
 * The account of a session's user; no row if the session is not open: the SQL twin of `isOpen`. $1
 * user, $2 session, $3 time.
 */
export const SELECT_ACCOUNT = {
  name: "select_account",
  text: `select ${ACCOUNT_COLUMNS} from users where id = $1 and exists
    (select from sessions where user_id = $1 and sessions.id = $2 and expire_time > $3)`,
} as const satisfies Statement;

/**
 * A conditional update: no row unless the session is open and the version is $4, or $4 is null. It
 * is the SQL twin of the rule in `domain/profiles.ts`. A null leaves a column as it is, except that
 * $8 says whether $9, which may be null, replaces the avatar.
 *
 * Locks the account, and then the session, in the order of a sign-in. A session that was only read
 * would be that of before the wait for the account, and might have ended since.
 */
export const UPDATE_PROFILE = {
  name: "update_profile",
  text: `
    with account as (
      select id from users where id = $1 for no key update
    ), session as (
      select sessions.user_id from account join sessions on sessions.user_id = account.id
      where sessions.id = $2 and expire_time > $3 for key share of sessions
    )
    update users set
      display_name = coalesce($5, display_name), display_name_key = coalesce($6, display_name_key),
      bio = coalesce($7, bio), avatar_image_id = case when $8 then $9::uuid else avatar_image_id end,
      version = version + 1, update_time = $3
    from session
    where users.id = session.user_id and ($4::integer is null or version = $4)
    returning ${ACCOUNT_COLUMNS}`,
} as const satisfies Statement;

/** $1 is a folded handle. */
export const SELECT_CREDENTIALS_BY_HANDLE = {
  name: "select_credentials_by_handle",
  text: "select id, password_hash from users where handle = $1",
} as const satisfies Statement;

/** $1 is a folded e-mail address. */
export const SELECT_CREDENTIALS_BY_EMAIL = {
  name: "select_credentials_by_email",
  text: "select id, password_hash from users where email_key = $1",
} as const satisfies Statement;

/** A conditional update: the row must still have the hash $2. */
export const UPDATE_PASSWORD_HASH = {
  name: "update_password_hash",
  text: "update users set password_hash = $3 where id = $1 and password_hash = $2",
} as const satisfies Statement;
