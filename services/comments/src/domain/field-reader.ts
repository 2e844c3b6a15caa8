import { isId } from "@triptych/chassis/database/new-id";
import type { FieldViolation } from "@triptych/chassis/failure";
import { findBodyFault } from "./comment-body.ts";
import type { PageQuery } from "./comment-repository.ts";
import { fromPageToken, type ListQuery, toLimit } from "./page.ts";
import { invalidArgument } from "./reasons.ts";

/**
 * Reads a request's fields, and gives what `read` makes of them.
 *
 * @throws Failure INVALID_ARGUMENT that names every bad field, and not only the first.
 */
export function readFields<Value>(read: (fields: FieldReader) => Value): Value {
  const fields = new FieldReader();
  const value = read(fields);
  if (fields.violations.length > 0) throw invalidArgument(fields.violations);
  return value;
}

/** Collects what is wrong with the fields that it reads. What it gives of a bad field is used by nobody. */
export class FieldReader {
  readonly #violations: FieldViolation[] = [];

  /** What was wrong so far. */
  get violations(): readonly FieldViolation[] {
    return this.#violations;
  }

  /** Reads an id: nothing but one reaches SQL as such. */
  id(field: string, value: string): string {
    if (!isId(value)) this.refuse(field, "must be an id: a UUID in lower case");
    return value;
  }

  /** Reads a comment's text. */
  body(field: string, value: string): string {
    const fault = findBodyFault(value);
    if (fault !== undefined) this.refuse(field, fault);
    return value;
  }

  /** Reads which page of a list is meant. */
  page(
    request: { readonly pageSize: number; readonly pageToken: string },
    query: ListQuery,
  ): PageQuery {
    const { pageSize, pageToken } = request;
    if (pageSize < 0) this.refuse("page_size", "must not be negative");
    const afterId = pageToken === "" ? undefined : fromPageToken(query, pageToken);
    if (pageToken !== "" && afterId === undefined) {
      this.refuse("page_token", "must be the next_page_token of a page of this same list");
    }
    return { afterId, limit: toLimit(pageSize) };
  }

  /** Notes what is wrong with a field, as the rest of a sentence that begins with its name. */
  refuse(field: string, message: string): void {
    this.#violations.push({ field, message });
  }
}
