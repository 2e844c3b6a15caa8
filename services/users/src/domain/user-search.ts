import type { CallContext } from "@triptych/chassis/rpc/call-context";
import { type FieldReader, readFields } from "@triptych/chassis/validation/field-reader";
import { type PagedList, toNextPageToken, toPage } from "@triptych/chassis/validation/page";
import { HANDLE } from "./account-rules.ts";
import { fold } from "./fold.ts";
import type { User } from "./user.ts";
import type { UserRepository } from "./user-repository.ts";

/** What is searched for: exactly one of the two. */
export interface UserFilter {
  readonly handle: string | undefined;
  readonly query: string | undefined;
  /** 0 means the default. */
  readonly pageSize: number;
  /** Empty for the first page. */
  readonly pageToken: string;
}

/** A page of public profiles. */
export interface UserPage {
  readonly users: readonly User[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/** Finds users. Throws the reasons of `reasons.ts`. */
export interface UserSearch {
  /**
   * Gives the user of a handle, or those whose handle or display name begins with the query, in the
   * handles' order.
   */
  listUsers(filter: UserFilter, context: CallContext): Promise<UserPage>;
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
      const { handle } = filter;
      const prefix = fold(filter.query ?? "");
      const list: PagedList = { query: ["ListUsers", handle ?? "", prefix], kinds: ["text"] };
      const { after, limit } = readFields((fields) => {
        checkFilter(fields, filter);
        return fields.page(filter, list);
      });
      if (handle !== undefined) {
        return { users: await findByHandle(handle, signal), nextPageToken: "" };
      }
      const [afterHandle = ""] = after ?? [];
      const search = { prefix, afterHandle: String(afterHandle), limit: limit + 1 };
      const page = toPage(await users.searchUsers(search, signal), limit);
      return {
        users: page.items,
        nextPageToken: toNextPageToken(list, page, (user) => [user.handle]),
      };
    },
  };
}

function checkFilter(fields: FieldReader, { handle, query }: UserFilter): void {
  if ((handle === undefined) === (query === undefined)) {
    for (const field of ["handle", "query"]) {
      fields.refuse(field, "exactly one of handle and query must be set");
    }
    return;
  }
  const limits = { min: 1, max: QUERY_CODE_POINTS_MAX };
  if (handle !== undefined) fields.text("handle", handle, limits);
  if (query !== undefined) fields.text("query", query, limits);
}
