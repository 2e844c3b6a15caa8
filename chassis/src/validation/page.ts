import {
  decodePageToken,
  encodePageToken,
  type Position,
  type PositionKind,
} from "#ids/page-token.ts";

/** The page size of a request that does not name one. */
export const PAGE_SIZE_DEFAULT = 20;
/** The largest page. */
export const PAGE_SIZE_MAX = 100;

/** A list with cursor pagination. */
export interface PagedList {
  /**
   * Everything that its content and order depend on: the method, and its parameters. A page token
   * is valid for no other list.
   */
  readonly query: readonly [method: string, ...parameters: string[]];
  /** The kinds of a position's parts, in the order of the sort key. */
  readonly kinds: readonly PositionKind[];
}

/** The page of a list that is requested. */
export interface PageQuery {
  /** The position of the last entry of the page before; undefined for the first page. */
  readonly after: Position | undefined;
  /** The most entries of the page. */
  readonly limit: number;
}

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Whether there are more after them. */
  readonly more: boolean;
}

/** Returns the size of a page for the size that was requested, which is not negative. */
export function toLimit(pageSize: number): number {
  return pageSize === 0 ? PAGE_SIZE_DEFAULT : Math.min(pageSize, PAGE_SIZE_MAX);
}

/** Returns the page of the items found, which are one more than `limit` if there are more. */
export function toPage<T>(found: readonly T[], limit: number): Page<T> {
  return { items: found.slice(0, limit), more: found.length > limit };
}

/** Returns the token of the page after this one; empty if this is the last. */
export function toNextPageToken<T>(
  list: PagedList,
  page: Page<T>,
  positionOf: (item: T) => Position,
): string {
  const last = page.items.at(-1);
  return page.more && last !== undefined ? encodePageToken(list.query, positionOf(last)) : "";
}

/** Returns the position that a page token stands for; undefined if it is not one of this list. */
export function fromPageToken(list: PagedList, token: string): Position | undefined {
  return decodePageToken(list.query, token, list.kinds);
}
