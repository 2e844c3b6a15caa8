import type { Handlers } from "@triptych/chassis/rpc/server/handlers";
import type { UserService } from "@triptych/protos/users/v1/user_service_pb";
import type { Accounts } from "#domain/accounts.ts";
import type { Profiles } from "#domain/profiles.ts";
import type { Sessions } from "#domain/sessions.ts";
import type { Account, User } from "#domain/user.ts";
import type { UserSearch } from "#domain/user-search.ts";
import { toAccountMessage, toGrantMessage, toSessionMessage, toUserMessage } from "./messages.ts";
import { toProfileUpdate } from "./profile-update.ts";

/** What the handlers hand their calls to. */
export interface Domain {
  readonly accounts: Accounts;
  readonly profiles: Profiles;
  readonly search: UserSearch;
  readonly sessions: Sessions;
}

/** Makes the handlers of the users service. */
export function createHandlers(domain: Domain): Handlers<typeof UserService> {
  const { accounts, profiles, search, sessions } = domain;
  return {
    createUser: async (request, context) =>
      toAccountMessage(await accounts.createUser(request, context)),

    getUser: async ({ id }, context) => toMessage(await accounts.getUser(id, context)),

    batchGetUsers: async ({ ids }, context) => ({
      users: (await accounts.batchGetUsers(ids, context)).map(toUserMessage),
    }),

    listUsers: async ({ handle, query, pageSize, pageToken }, context) => {
      const filter = { handle, query, pageSize, pageToken };
      const page = await search.listUsers(filter, context);
      return { users: page.users.map(toUserMessage), nextPageToken: page.nextPageToken };
    },

    updateUser: async (request, context) =>
      toAccountMessage(await profiles.updateUser(toProfileUpdate(request), context)),

    createSession: async (request, context) =>
      toGrantMessage(await sessions.createSession(request, context)),

    refreshSession: async ({ refreshToken }, context) =>
      toGrantMessage(await sessions.refreshSession(refreshToken, context)),

    listSessions: async ({ pageSize, pageToken }, context) => {
      const page = await sessions.listSessions({ pageSize, pageToken }, context);
      return { sessions: page.sessions.map(toSessionMessage), nextPageToken: page.nextPageToken };
    },

    deleteSession: async ({ id }, context) => {
      await sessions.deleteSession(id, context);
      return {};
    },
  };
}

/**
 * Shows the e-mail address where the domain gave the account, which it does to the user in person
 * only.
 */
function toMessage(user: User | Account) {
  return "email" in user ? toAccountMessage(user) : toUserMessage(user);
}
