import {
  decodePageToken,
  encodePageToken,
  type Position,
  type PositionKind,
} from "#ids/page-token.ts";

/** How many entries a page has if the request does not say. */
export const PAGE_SIZE_DEFAULT = 20;
/** How many entries a page has at most. */
export const PAGE_SIZE_MAX = 100;

/** A list that is read in pages. */
export interface PagedList {
  /**
   * Everything that its content and order depend on: the method, and its parameters. A token is
   * good for no other.
   */
  readonly query: readonly [method: string, ...parameters: string[]];
  /** What the position of an entry is made of, in the order of the sort key. */
  readonly kinds: readonly PositionKind[];
}

/** Which page of a list is meant. */
export interface PageQuery {
  /** The position of the last entry of the page before; undefined for the first page. */
  readonly after: Position | undefined;
  /** How many entries the page has at most. */
  readonly limit: number;
}

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Whether there are more after them. */
  readonly more: boolean;
}

/** Makes a page's size of the one that was asked for, which is not negative. */
export function toLimit(pageSize: number): number {
  return pageSize === 0 ? PAGE_SIZE_DEFAULT : Math.min(pageSize, PAGE_SIZE_MAX);
}

/** Makes a page of what was found when one more than fits was asked for. */
export function toPage<T>(found: readonly T[], limit: number): Page<T> {
  return { items: found.slice(0, limit), more: found.length > limit };
}

/** Makes the token of the page after this one; empty if this is the last. */
export function toNextPageToken<T>(
  list: PagedList,
  page: Page<T>,
  positionOf: (item: T) => Position,
): string {
  const last = page.items.at(-1);
  return page.more && last !== undefined ? encodePageToken(list.query, positionOf(last)) : "";
}

/**
 * Reads the position that a page comes after out of its token; undefined if the token is not one of
 * this list.
 */
export function fromPageToken(list: PagedList, token: string): Position | undefined {
  return decodePageToken(list.query, token, list.kinds);
}
