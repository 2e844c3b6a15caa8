import {
  decodePageToken,
  encodePageToken,
  type PositionKind,
} from "@triptych/chassis/database/page-token";
import type { FieldViolation } from "@triptych/chassis/failure";

/** Which page a client asks for. */
export interface PageRequest {
  /** 0 means the default; more than the limit means the limit. */
  readonly pageSize: number;
  /** Empty for the first page. */
  readonly pageToken: string;
}

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Empty on the last page. */
  readonly nextPageToken: string;
}

/** A list whose order is that of one text or id. */
export interface KeyedList {
  /** Everything that the order and the content depend on. */
  readonly query: readonly string[];
  readonly kind: PositionKind;
}

const PAGE_SIZE_DEFAULT = 20;
const PAGE_SIZE_MAX = 100;

/** A page request that was read. */
export interface ReadPage {
  /** What is wrong with it; the rest counts only if nothing is. */
  readonly violations: readonly FieldViolation[];
  /** The key of the last row of the page before; undefined for the first page. */
  readonly after: string | undefined;
  /** How many rows to ask for: one more than the page holds tells whether there is a next page. */
  readonly limit: number;
}

/** Reads a page request of a list. */
export function readPage(list: KeyedList, { pageSize, pageToken }: PageRequest): ReadPage {
  const violations: FieldViolation[] = [];
  if (pageSize < 0) violations.push({ field: "page_size", message: "must not be negative" });
  const [after] =
    pageToken === "" ? [] : (decodePageToken(list.query, pageToken, [list.kind]) ?? []);
  if (pageToken !== "" && after === undefined) {
    violations.push({ field: "page_token", message: "must be one that this very list gave" });
  }
  const size = Math.min(pageSize === 0 ? PAGE_SIZE_DEFAULT : pageSize, PAGE_SIZE_MAX);
  return { violations, after: after === undefined ? undefined : String(after), limit: size + 1 };
}

/** Makes the page out of the rows that `limit` gave. */
export function toPage<T>(
  rows: readonly T[],
  limit: number,
  position: { readonly list: KeyedList; readonly keyOf: (row: T) => string },
): Page<T> {
  const items = rows.slice(0, limit - 1);
  const last = items.at(-1);
  if (rows.length < limit || last === undefined) return { items, nextPageToken: "" };
  return { items, nextPageToken: encodePageToken(position.list.query, [position.keyOf(last)]) };
}
