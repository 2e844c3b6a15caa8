import { type FieldViolation, invalidFields } from "#contract/failure.ts";
import { isId } from "#ids/new-id.ts";
import { fromPageToken, type PagedList, type PageQuery, toLimit } from "./page.ts";
import { findTextViolation, type TextLimits } from "./text-violation.ts";

/**
 * Reads a request's fields, and gives what `read` makes of them.
 *
 * @throws Failure INVALID_ARGUMENT that names every bad field, and not only the first.
 */
export function readFields<Value>(read: (fields: FieldReader) => Value): Value {
  const fields = new FieldReader();
  const value = read(fields);
  if (fields.violations.length > 0) throw invalidFields("INVALID_ARGUMENT", fields.violations);
  return value;
}

/**
 * Collects what is wrong with the fields that it reads. What it gives of a bad field is used by
 * nobody.
 */
export class FieldReader {
  readonly #violations: FieldViolation[] = [];

  /** What was wrong so far. */
  get violations(): readonly FieldViolation[] {
    return this.#violations;
  }

  /** Reads an id: nothing else reaches SQL as one. */
  id(field: string, value: string): string {
    if (!isId(value)) this.refuse(field, "must be an id: a UUID in lower case");
    return value;
  }

  /** Reads a text of a bounded length, in code points. */
  text(field: string, value: string, limits: TextLimits): string {
    return this.checked(field, value, (text) => findTextViolation(text, limits));
  }

  /** Reads a value that a rule of the domain judges: it says what is wrong, or undefined. */
  checked<T>(field: string, value: T, findFault: (value: T) => string | undefined): T {
    const fault = findFault(value);
    if (fault !== undefined) this.refuse(field, fault);
    return value;
  }

  /** Reads which page of a list is meant. */
  page(
    request: { readonly pageSize: number; readonly pageToken: string },
    list: PagedList,
  ): PageQuery {
    const { pageSize, pageToken } = request;
    if (pageSize < 0) this.refuse("page_size", "must not be negative");
    const after = pageToken === "" ? undefined : fromPageToken(list, pageToken);
    if (pageToken !== "" && after === undefined) {
      this.refuse("page_token", "must be the next_page_token of a page of this same list");
    }
    return { after, limit: toLimit(pageSize) };
  }

  /** Notes what is wrong with a field, as the rest of a sentence that begins with its name. */
  refuse(field: string, message: string): void {
    this.#violations.push({ field, message });
  }
}
