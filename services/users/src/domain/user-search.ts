import { type Page, toPage } from "@triptych/chassis/validation/page";
import { fold, isBlank } from "@triptych/chassis/validation/text-form";
import { findTextViolation } from "@triptych/chassis/validation/text-violation";
import { HANDLE } from "./account-rules.ts";
import type { User } from "./user.ts";
import type { PrefixQuery, UserRepository } from "./user-repository.ts";

/** Which users to list: the one with a handle, or those with a prefix. */
export type UserFilter = { readonly handle: string } | PrefixQuery;

/** The parts that the search needs. */
export interface UserSearchDependencies {
  readonly users: UserRepository;
}

/** Finds users. */
export interface UserSearch {
  /**
   * Lists the user of a handle, or those whose handle or display name begins with the prefix, in
   * the handles' order. Neither regards case.
   */
  listUsers(filter: UserFilter, signal: AbortSignal): Promise<Page<User>>;
}

const SEARCH_TEXT_CODE_POINTS_MAX = 80;

/** The rule of what users are searched by: what is wrong with it, or undefined. */
export function findSearchTextViolation(text: string): string | undefined {
  if (isBlank(text)) return "must not be blank";
  return findTextViolation(text, { max: SEARCH_TEXT_CODE_POINTS_MAX });
}

export function createUserSearch({ users }: UserSearchDependencies): UserSearch {
  async function findByHandle(handle: string, signal: AbortSignal): Promise<readonly User[]> {
    const folded = fold(handle);
    if (!HANDLE.test(folded)) return [];
    const user = await users.findUserByHandle(folded, signal);
    return user === undefined ? [] : [user];
  }

  return {
    async listUsers(filter, signal) {
      if ("handle" in filter) {
        return { items: await findByHandle(filter.handle, signal), more: false };
      }
      const oneMore = { ...filter, limit: filter.limit + 1 };
      return toPage(await users.listUsers(oneMore, signal), filter.limit);
    },
  };
}
