import { decodePageToken, encodePageToken } from "@triptych/chassis/database/page-token";
import type { CommentPage } from "./comments.ts";

/** How many comments a page has if the request does not say. */
export const PAGE_SIZE_DEFAULT = 20;

/** How many comments a page has at most. */
export const PAGE_SIZE_MAX = 100;

/** Everything that a list's content and order depend on: the method, and its parameters. A token is good for no other. */
export type ListQuery = readonly [method: string, ...parameters: string[]];

/** Makes a page's size of the one that was asked for, which is not negative. */
export function toLimit(pageSize: number): number {
  return pageSize === 0 ? PAGE_SIZE_DEFAULT : Math.min(pageSize, PAGE_SIZE_MAX);
}

/** Makes the token of the page after this one; empty if this is the last. */
export function toPageToken(query: ListQuery, { lastId }: CommentPage): string {
  return lastId === undefined ? "" : encodePageToken(query, [lastId]);
}

/** Reads the id that a page comes after out of its token; undefined if the token is not one of this list. */
export function fromPageToken(query: ListQuery, token: string): string | undefined {
  const [afterId] = decodePageToken(query, token, ["id"]) ?? [];
  return typeof afterId === "string" ? afterId : undefined;
}
