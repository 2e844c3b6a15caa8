import type { ContentRange } from "#domain/blob-store.ts";
import { rangeNotSatisfiable } from "#domain/reasons.ts";

/**
 * A requested range of bytes, as in RFC 9110, 14.1.2. Without `first`, `last` is how many bytes
 * from the end.
 */
export interface ByteRange {
  readonly first: number | undefined;
  readonly last: number | undefined;
}

/**
 * Returns the part of a content that a range means. `last` must not be before `first`. Throws
 * RANGE_NOT_SATISFIABLE.
 */
export function resolveRange(range: ByteRange | undefined, sizeBytes: number): ContentRange {
  const { first, last } = range ?? {};
  if (first === undefined) {
    if (last === undefined) return { first: 0, length: sizeBytes };
    if (last === 0) throw rangeNotSatisfiable(sizeBytes);
    const length = Math.min(last, sizeBytes);
    return { first: sizeBytes - length, length };
  }
  if (first >= sizeBytes) throw rangeNotSatisfiable(sizeBytes);
  const end = Math.min(last ?? sizeBytes - 1, sizeBytes - 1);
  return { first, length: end - first + 1 };
}
