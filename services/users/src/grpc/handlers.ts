import { requireUser } from "@triptych/chassis/identity/require-user";
import type { Handlers } from "@triptych/chassis/rpc/server/handlers";
import type { UserService } from "@triptych/protos/users/v1/user_service_pb";
import type { Accounts } from "#domain/accounts.ts";
import type { Profiles } from "#domain/profiles.ts";
import { keyOf } from "#domain/session.ts";
import type { Sessions } from "#domain/sessions.ts";
import type { UserSearch } from "#domain/user-search.ts";
import {
  toAccountMessage,
  toGrantMessage,
  toMessage,
  toSessionPageMessage,
  toUserMessage,
  toUserPageMessage,
} from "./messages.ts";
import {
  readBatchGetUsers,
  readCreateSession,
  readCreateUser,
  readDeleteSession,
  readGetUser,
  readListSessions,
  readListUsers,
  readUpdateUser,
} from "./requests.ts";

/** The parts of the domain that the handlers pass their calls to. */
export interface HandlersDependencies {
  readonly accounts: Accounts;
  readonly profiles: Profiles;
  readonly search: UserSearch;
  readonly sessions: Sessions;
}

/** Each handler checks the caller, reads the request, and turns the result into a message. */
export function createHandlers({
  accounts,
  profiles,
  search,
  sessions,
}: HandlersDependencies): Handlers<typeof UserService> {
  return {
    createUser: async (request, context) =>
      toAccountMessage(await accounts.createUser(readCreateUser(request), context)),

    getUser: async (request, context) =>
      toMessage(await accounts.getUser(readGetUser(request), context)),

    async batchGetUsers(request, { signal }) {
      const users = await accounts.batchGetUsers(readBatchGetUsers(request), signal);
      return { users: users.map(toUserMessage) };
    },

    async listUsers(request, { signal }) {
      const { list, filter } = readListUsers(request);
      return toUserPageMessage(list, await search.listUsers(filter, signal));
    },

    async updateUser(request, context) {
      const update = readUpdateUser(request, keyOf(requireUser(context.caller)));
      return toAccountMessage(await profiles.updateUser(update, context));
    },

    createSession: async (request, context) =>
      toGrantMessage(await sessions.createSession(readCreateSession(request), context)),

    refreshSession: async ({ refreshToken }, { signal }) =>
      toGrantMessage(await sessions.refreshSession(refreshToken, signal)),

    async listSessions(request, { caller, signal }) {
      const key = keyOf(requireUser(caller));
      const { list, query } = readListSessions(request, key.userId);
      return toSessionPageMessage(list, await sessions.listSessions(key, query, signal));
    },

    async deleteSession(request, { caller, signal }) {
      const key = keyOf(requireUser(caller));
      await sessions.deleteSession(readDeleteSession(request), key, signal);
      return {};
    },
  };
}
