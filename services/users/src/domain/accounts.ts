import type { Asker } from "@triptych/chassis/identity/asker";
import { newId } from "@triptych/chassis/ids/new-id";
import type { PasswordHasher } from "./password-hasher.ts";
import { emailTaken, handleTaken, sessionEnded, userNotFound } from "./reasons.ts";
import { keyOf } from "./session.ts";
import type { Account, User } from "./user.ts";
import type { Taken, UserRepository } from "./user-repository.ts";

/** A registration. No field breaks a rule of `account-rules.ts`. */
export interface SignUp {
  readonly handle: string;
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
}

/** The parts that the accounts need. */
export interface AccountsDependencies {
  readonly users: UserRepository;
  readonly hasher: PasswordHasher;
  /** The current time. */
  readonly clock: () => Date;
}

/** Opens accounts and shows profiles. Throws the reasons of `reasons.ts`. */
export interface Accounts {
  createUser(signUp: SignUp, asker: Asker): Promise<Account>;
  /**
   * Returns the account if the asker is its user and the session is open, and the public profile to
   * every other asker.
   */
  getUser(id: string, asker: Asker): Promise<User | Account>;
  /** Returns the profiles of those that exist, in no order. */
  batchGetUsers(ids: readonly string[], signal: AbortSignal): Promise<readonly User[]>;
}

export function createAccounts({ users, hasher, clock }: AccountsDependencies): Accounts {
  return {
    async createUser({ handle, email, password, displayName }, asker) {
      // No query looks first whether the names are free: the insert decides, and the hashing queue
      // holds a rush off the database.
      const passwordHash = await hasher.hash(password, asker);
      const id = newId();
      const account = { id, handle, email, displayName, passwordHash, createTime: clock() };
      const inserted = await users.insertAccount(account, asker.signal);
      if (typeof inserted === "string") throw failureOf(inserted, handle);
      return inserted;
    },

    async getUser(id, { caller, signal }) {
      if (caller.kind === "user" && caller.userId === id) {
        const account = await users.findAccount(keyOf(caller), clock(), signal);
        if (account === undefined) throw sessionEnded();
        return account;
      }
      const user = await users.findUser(id, signal);
      if (user === undefined) throw userNotFound(id);
      return user;
    },

    async batchGetUsers(ids, signal) {
      return await users.findUsers([...new Set(ids)], signal);
    },
  };
}

function failureOf(taken: Taken, handle: string) {
  return taken === "handle-taken" ? handleTaken(handle) : emailTaken();
}
