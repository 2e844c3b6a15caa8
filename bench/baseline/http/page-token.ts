import type { PagePosition } from "#baseline/store/reads.ts";
import { Problem } from "./problem.ts";

/** Greater than every id: a list from its beginning is the list before it. */
const ID_MAX = "ffffffff-ffff-ffff-ffff-ffffffffffff";
const PAGE_SIZE_DEFAULT = 20;
const PAGE_SIZE_MAX = 100;
const ID_BYTES = 16;

/** The query of a list. */
export interface PageQuery {
  readonly pageSize?: number;
  readonly pageToken?: string;
}

/** Reads the query of a list. Throws INVALID_ARGUMENT for a token that is none of ours. */
export function positionOf({ pageSize = PAGE_SIZE_DEFAULT, pageToken }: PageQuery): PagePosition {
  const size = Math.min(pageSize, PAGE_SIZE_MAX);
  if (pageToken === undefined || pageToken === "") return { before: ID_MAX, size };
  const hex = Buffer.from(pageToken, "base64url").toString("hex");
  if (hex.length !== ID_BYTES * 2) throw new Problem("INVALID_ARGUMENT", "pageToken is malformed");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return { before: [...parts, hex.slice(20)].join("-"), size };
}

/**
 * Splits the rows of a page from the one row more that was read. Returns the token of the next
 * page: the id of the last row; null if there is none.
 */
export function toPage<Row extends { readonly id: string }>(
  rows: readonly Row[],
  size: number,
): { readonly items: readonly Row[]; readonly nextPageToken: string | null } {
  if (rows.length <= size) return { items: rows, nextPageToken: null };
  const items = rows.slice(0, size);
  const last = items.at(-1)?.id.replaceAll("-", "") ?? "";
  return { items, nextPageToken: Buffer.from(last, "hex").toString("base64url") };
}
