import type { IncomingHttpHeaders } from "node:http";
import { Problem } from "#problems/problem.ts";
import { matchesNone, matchesStrongly } from "./entity-tag.ts";

/**
 * Evaluates the preconditions of a read against the current tag, in the order of RFC 9110, 13.2.2:
 * `If-Match`, then `If-None-Match`. `If-Unmodified-Since` and `If-Modified-Since` do not count,
 * since no answer has a `Last-Modified`.
 *
 * @returns whether the client has these bytes: the answer is 304.
 * @throws Problem ETAG_MISMATCH if it requires others.
 */
export function isNotModified(headers: IncomingHttpHeaders, tag: string): boolean {
  const required = headers["if-match"];
  if (required !== undefined && !matchesStrongly(required, tag)) throw new Problem("ETAG_MISMATCH");
  return matchesNone(headers["if-none-match"], tag);
}

/**
 * Whether the preconditions let a range count (RFC 9110, 13.2.2, step 5): those of
 * {@link isNotModified} hold, and `If-Range` has the current tag. A weak tag or a date never does.
 */
export function mayBePart(headers: IncomingHttpHeaders, tag: string): boolean {
  const { "if-match": required, "if-none-match": known, "if-range": held = tag } = headers;
  const isRequired = required === undefined || matchesStrongly(required, tag);
  return isRequired && !matchesNone(known, tag) && held === tag;
}

/** Whether a read has a precondition that decides about its range. */
export function hasPrecondition(headers: IncomingHttpHeaders): boolean {
  return ["if-match", "if-none-match", "if-range"].some((name) => headers[name] !== undefined);
}
