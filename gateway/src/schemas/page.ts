import { Type } from "typebox";
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX, PAGE_TOKEN_LENGTH_MAX } from "./limits.ts";

/** The query parameters of pagination, for every list. */
export const PAGE_QUERY = {
  pageSize: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: `How many items at most: 1 to ${PAGE_SIZE_MAX}; more is cut to ${PAGE_SIZE_MAX}. ${PAGE_SIZE_DEFAULT} if not given.`,
      examples: [PAGE_SIZE_DEFAULT],
    }),
  ),
  pageToken: Type.Optional(
    Type.String({
      maxLength: PAGE_TOKEN_LENGTH_MAX,
      description: "The `nextPageToken` of the page before, for the same list.",
    }),
  ),
} as const;

/** The query of a list without other parameters. */
export const PageQuery = Type.Object({ ...PAGE_QUERY });

/** The cursor of the next page. */
export const NextPageToken = Type.Unsafe<string | null>({
  type: ["string", "null"],
  description: "The `pageToken` of the next page; null on the last one.",
});

/** Converts the query parameters of a list to the fields of every list request of the contract. */
export function pageOf(query: { readonly pageSize?: number; readonly pageToken?: string }): {
  readonly pageSize: number;
  readonly pageToken: string;
} {
  const pageSize = Math.min(query.pageSize ?? PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX);
  return { pageSize, pageToken: query.pageToken ?? "" };
}
