import type { CallContext } from "@triptych/chassis/rpc/call-context";
import { HANDLE } from "./account-rules.ts";
import { fold } from "./fold.ts";
import { type Page, type PageRequest, readPage, toPage } from "./page.ts";
import { invalidArgument } from "./reasons.ts";
import { checkText } from "./text-rules.ts";
import type { User } from "./user.ts";
import type { UserRepository } from "./user-repository.ts";

/** What is searched for: exactly one of the two. */
export interface UserFilter extends PageRequest {
  readonly handle: string | undefined;
  readonly query: string | undefined;
}

/** Finds users. Throws the reasons of `reasons.ts`. */
export interface UserSearch {
  /** Gives the user of a handle, or those whose handle or display name begins with the query, in the handles' order. */
  listUsers(filter: UserFilter, context: CallContext): Promise<Page<User>>;
}

const QUERY_CODE_POINTS_MAX = 80;

/** Makes the search. */
export function createUserSearch(users: UserRepository): UserSearch {
  async function findByHandle(handle: string, signal: AbortSignal): Promise<readonly User[]> {
    const folded = fold(handle);
    if (!HANDLE.test(folded)) return [];
    const user = await users.findUserByHandle(folded, signal);
    return user === undefined ? [] : [user];
  }

  return {
    async listUsers(filter, { signal }) {
      const { handle, query } = filter;
      const prefix = fold(query ?? "");
      const list = { query: ["ListUsers", handle ?? "", prefix], kind: "text" } as const;
      const page = readPage(list, filter);
      const violations = [...checkFilter(filter), ...page.violations];
      if (violations.length > 0) throw invalidArgument(violations);
      if (handle !== undefined) {
        return { items: await findByHandle(handle, signal), nextPageToken: "" };
      }
      const { after: afterHandle = "", limit } = page;
      const rows = await users.searchUsers({ prefix, afterHandle, limit }, signal);
      return toPage(rows, limit, { list, keyOf: (user) => user.handle });
    },
  };
}

function checkFilter({ handle, query }: UserFilter) {
  if ((handle === undefined) === (query === undefined)) {
    const message = "exactly one of handle and query must be set";
    return ["handle", "query"].map((field) => ({ field, message }));
  }
  const limits = { min: 1, max: QUERY_CODE_POINTS_MAX };
  return handle === undefined
    ? checkText("query", query ?? "", limits)
    : checkText("handle", handle, limits);
}
