import type { Database } from "@triptych/chassis/database/database";
import type { Shard } from "@triptych/chassis/database/shard";
import { fold } from "@triptych/chassis/validation/text-form";
import { toEmailKey, toNameKey } from "#domain/text-keys.ts";
import type { Account, NewAccount } from "#domain/user.ts";
import type { Taken, UserRepository } from "#domain/user-repository.ts";
import { type AccountRow, toAccount, toUser, type UserRow } from "./user-row.ts";
import {
  INDEXED_PREFIX_MAX,
  INSERT_ACCOUNT,
  SELECT_ACCOUNT,
  SELECT_CREDENTIALS_BY_EMAIL,
  SELECT_CREDENTIALS_BY_HANDLE,
  SELECT_TAKEN,
  SELECT_USER,
  SELECT_USER_BY_HANDLE,
  SELECT_USERS,
  SELECT_USERS_BY_LONG_PREFIX,
  SELECT_USERS_BY_PREFIX,
  UPDATE_PASSWORD_HASH,
  UPDATE_PROFILE,
} from "./user-statements.ts";

/**
 * The last code point. A text that begins with a prefix sorts before the prefix with this at its
 * end.
 */
const LAST_CODE_POINT = "\u{10FFFF}";
/**
 * A taken name may be free again when the second query looks for its owner. That this happens twice
 * is a defect.
 */
const INSERT_ATTEMPTS_MAX = 2;

/** Stores users in Postgres. Handles and e-mail addresses are looked up within one shard. */
export function createUserRepository(database: Database): UserRepository {
  async function findTaken(
    handle: string,
    email: string,
    signal: AbortSignal,
  ): Promise<Taken | undefined> {
    const values = [handle, toEmailKey(email)];
    const { rows } = await database
      .for(handle)
      .readCurrent<{ readonly handle_taken: boolean }>(SELECT_TAKEN, values, signal);
    const [row] = rows;
    if (row === undefined) return undefined;
    return row.handle_taken ? "handle-taken" : "email-taken";
  }

  async function insertAccount(account: NewAccount, signal: AbortSignal): Promise<Account | Taken> {
    const { id, handle, email, displayName, passwordHash, createTime } = account;
    const keys = { email: toEmailKey(email), displayName: toNameKey(displayName) };
    const names = [handle, email, keys.email, displayName, keys.displayName];
    const values = [id, ...names, passwordHash, createTime];
    for (let attempt = 1; attempt <= INSERT_ATTEMPTS_MAX; attempt++) {
      const { rows } = await database.for(id).write<AccountRow>(INSERT_ACCOUNT, values, signal);
      const [row] = rows;
      if (row !== undefined) return toAccount(row);
      const taken = await findTaken(handle, email, signal);
      if (taken !== undefined) return taken;
    }
    throw new Error(
      "The account was not inserted, and neither its handle nor its e-mail is taken.",
    );
  }

  return {
    insertAccount,

    async findUser(id, signal) {
      const { rows } = await database.for(id).read<UserRow>(SELECT_USER, [id], signal);
      return rows.map(toUser)[0];
    },

    async findUsers(ids, signal) {
      const shards = Map.groupBy(ids, (id) => database.for(id));
      const find = async ([shard, keys]: readonly [Shard, readonly string[]]) =>
        await shard.read<UserRow>(SELECT_USERS, [keys], signal);
      const found = await Promise.all([...shards].map(find));
      return found.flatMap(({ rows }) => rows.map(toUser));
    },

    async findUserByHandle(handle, signal) {
      const shard = database.for(handle);
      const { rows } = await shard.read<UserRow>(SELECT_USER_BY_HANDLE, [handle], signal);
      return rows.map(toUser)[0];
    },

    async listUsers({ prefix, after, limit }, signal) {
      const values = [prefix, prefix + LAST_CODE_POINT, after?.[0] ?? "", limit];
      const shard = database.for(prefix);
      const isIndexed = [...prefix].length <= INDEXED_PREFIX_MAX;
      const statement = isIndexed ? SELECT_USERS_BY_PREFIX : SELECT_USERS_BY_LONG_PREFIX;
      const { rows } = await shard.read<UserRow>(statement, values, signal);
      return rows.map(toUser);
    },

    async findAccount({ userId, sessionId }, now, signal) {
      const shard = database.for(userId);
      const { rows } = await shard.readCurrent<AccountRow>(
        SELECT_ACCOUNT,
        [userId, sessionId, now],
        signal,
      );
      return rows.map(toAccount)[0];
    },

    async updateProfile({ userId, sessionId }, { change, version, now }, signal) {
      const { displayName, bio, avatarImageId } = change;
      const displayNameKey = displayName === undefined ? undefined : toNameKey(displayName);
      const changesAvatar = avatarImageId !== undefined;
      const columns = [displayName, displayNameKey, bio, changesAvatar, avatarImageId];
      const values = [userId, sessionId, now, version, ...columns];
      const shard = database.for(userId);
      const { rows } = await shard.write<AccountRow>(UPDATE_PROFILE, values, signal);
      return rows.map(toAccount)[0];
    },

    async findCredentials(login, signal) {
      // A handle has no @, and every e-mail address has one.
      const [statement, key] = login.includes("@")
        ? [SELECT_CREDENTIALS_BY_EMAIL, toEmailKey(login)]
        : [SELECT_CREDENTIALS_BY_HANDLE, fold(login)];
      const { rows } = await database
        .for(key)
        .readCurrent<{ readonly id: string; readonly password_hash: string }>(
          statement,
          [key],
          signal,
        );
      const [row] = rows;
      return row === undefined ? undefined : { userId: row.id, passwordHash: row.password_hash };
    },

    async replacePasswordHash({ userId, passwordHash }, hash, signal) {
      const values = [userId, passwordHash, hash];
      await database.for(userId).write(UPDATE_PASSWORD_HASH, values, signal);
    },
  };
}
