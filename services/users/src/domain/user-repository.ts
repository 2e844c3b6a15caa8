import type { PageQuery } from "@triptych/chassis/validation/page";
import type { SessionKey } from "./session.ts";
import type { Account, Credentials, NewAccount, ProfileChange, User } from "./user.ts";

/** Why an account was not inserted. */
export type Taken = "handle-taken" | "email-taken";

/** Which public profiles to list. The position of a profile in its list is its handle. */
export interface PrefixQuery extends PageQuery {
  /** A folded prefix of handle or display name. */
  readonly prefix: string;
}

/** A change of a profile, and what it is based on. */
export interface VersionedChange {
  readonly change: ProfileChange;
  /** The version that the profile must still have; undefined for any. */
  readonly version: number | undefined;
  /** The time of the change; the session must be open then. */
  readonly now: Date;
}

/**
 * The port of the stored users. Every method throws DatabaseUnavailable or QueryCanceled if the
 * database cannot answer.
 */
export interface UserRepository {
  /**
   * Inserts an account, unless another one has its handle or e-mail address. Of several at once,
   * one is inserted. Returns "handle-taken" if both are taken.
   */
  insertAccount(account: NewAccount, signal: AbortSignal): Promise<Account | Taken>;
  findUser(id: string, signal: AbortSignal): Promise<User | undefined>;
  /** Finds the users that exist, in no order. */
  findUsers(ids: readonly string[], signal: AbortSignal): Promise<readonly User[]>;
  findUserByHandle(handle: string, signal: AbortSignal): Promise<User | undefined>;
  /** Lists in the handles' order. */
  listUsers(query: PrefixQuery, signal: AbortSignal): Promise<readonly User[]>;
  /** Finds the account of a session's user; undefined if the session is not open at `now`. */
  findAccount(key: SessionKey, now: Date, signal: AbortSignal): Promise<Account | undefined>;
  /**
   * Changes a profile if the session is open and the profile has the given version. Returns
   * undefined otherwise.
   */
  updateProfile(
    key: SessionKey,
    update: VersionedChange,
    signal: AbortSignal,
  ): Promise<Account | undefined>;
  /** Finds the credentials of a handle or e-mail address. */
  findCredentials(login: string, signal: AbortSignal): Promise<Credentials | undefined>;
  /** Replaces a password hash, unless another sign-in has replaced it. */
  replacePasswordHash(current: Credentials, hash: string, signal: AbortSignal): Promise<void>;
}
