import { type FieldViolation, invalidFields } from "#contract/failure.ts";
import { isId } from "#ids/new-id.ts";
import { fromPageToken, type PagedList, type PageQuery, toLimit } from "./page.ts";
import { findTextViolation, type TextLimits } from "./text-violation.ts";

/**
 * Reads a request's fields, and returns what `read` returns.
 *
 * @throws Failure INVALID_ARGUMENT that names every bad field, not only the first.
 */
export function readFields<Value>(read: (fields: FieldReader) => Value): Value {
  const fields = new FieldReader();
  const value = read(fields);
  if (fields.violations.length > 0) throw invalidFields("INVALID_ARGUMENT", fields.violations);
  return value;
}

/**
 * Reads fields, and collects their violations. The value that it returns for a bad field is never
 * used, since {@link readFields} throws.
 */
export class FieldReader {
  readonly #violations: FieldViolation[] = [];

  /** The violations so far. */
  get violations(): readonly FieldViolation[] {
    return this.#violations;
  }

  /** Reads an id. SQL receives nothing else as one. */
  id(field: string, value: string): string {
    if (!isId(value)) this.refuse(field, "must be an id: a UUID in lower case");
    return value;
  }

  /** Reads a text of a bounded length, in code points. */
  text(field: string, value: string, limits: TextLimits): string {
    return this.checked(field, value, (text) => findTextViolation(text, limits));
  }

  /** Reads a value by a rule of the domain, which returns what is wrong, or undefined. */
  checked<T>(field: string, value: T, findViolation: (value: T) => string | undefined): T {
    const violation = findViolation(value);
    if (violation !== undefined) this.refuse(field, violation);
    return value;
  }

  /** Reads which page of a list is requested. */
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

  /** Adds a violation. Its message continues a sentence that begins with the field's name. */
  refuse(field: string, message: string): void {
    this.#violations.push({ field, message });
  }
}
