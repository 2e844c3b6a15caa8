import type { UserCaller } from "@triptych/chassis/identity/caller";
import { newId } from "@triptych/chassis/ids/new-id";
import type { CallContext } from "@triptych/chassis/rpc/call-context";
import { readFields } from "@triptych/chassis/validation/field-reader";
import { type AccountRequest, readAccountRequest } from "./account-rules.ts";
import type { PasswordHasher } from "./password-hasher.ts";
import { emailTaken, handleTaken, sessionEnded, userNotFound } from "./reasons.ts";
import type { SessionKey } from "./session.ts";
import type { Account, User } from "./user.ts";
import type { Taken, UserRepository } from "./user-repository.ts";

/** What accounts need. */
export interface AccountsPorts {
  readonly users: UserRepository;
  readonly hasher: PasswordHasher;
}

/** Opens accounts and shows profiles. Throws the reasons of `reasons.ts`. */
export interface Accounts {
  createUser(request: AccountRequest, context: CallContext): Promise<Account>;
  /**
   * Gives the account to its user in person, if the session is open, and the profile to everybody
   * else.
   */
  getUser(id: string, context: CallContext): Promise<User | Account>;
  /** Gives the profiles of those that exist, in no order. */
  batchGetUsers(ids: readonly string[], context: CallContext): Promise<readonly User[]>;
}

/** Makes the accounts. */
export function createAccounts({ users, hasher }: AccountsPorts): Accounts {
  return {
    async createUser(request, context) {
      const { handle, email, password, displayName } = readAccountRequest(request);
      // Whether the names are free is not asked before: the insert decides, and the queue keeps a
      // rush off the database.
      const passwordHash = await hasher.hash(password, context);
      const account = { id: newId(), handle, email, displayName, passwordHash };
      const inserted = await users.insertAccount(account, context.signal);
      if (typeof inserted === "string") throw failureOf(inserted, handle);
      return inserted;
    },

    async getUser(id, { caller, signal }) {
      readFields((fields) => fields.id("id", id));
      if (caller.kind === "user" && caller.userId === id) {
        const account = await users.findAccount(keyOf(caller), signal);
        if (account === undefined) throw sessionEnded();
        return account;
      }
      const user = await users.findUser(id, signal);
      if (user === undefined) throw userNotFound(id);
      return user;
    },

    async batchGetUsers(ids, { signal }) {
      const known = readFields((fields) => ids.map((id, index) => fields.id(`ids[${index}]`, id)));
      return await users.findUsers([...new Set(known)], signal);
    },
  };
}

/** Says whose session a caller's access token is of. */
export function keyOf({ userId, sessionId }: UserCaller): SessionKey {
  return { userId, sessionId };
}

function failureOf(taken: Taken, handle: string) {
  return taken === "handle-taken" ? handleTaken(handle) : emailTaken();
}
