import type { FieldViolation } from "@triptych/chassis/contract/failure";
import { findCharacterViolation } from "@triptych/chassis/validation/text-violation";
import { shownFieldName } from "#problems/field-name.ts";

/**
 * A parsed query with its violations. The parser must return a value to the router, so a hook reads
 * the violations later.
 */
export interface ParsedQuery {
  readonly [VIOLATIONS]: QueryViolations;
  readonly [name: string]: string;
}

/** The violations of a query. */
export interface QueryViolations {
  /** Parameters with wrong bytes, whether or not the route knows them. */
  readonly malformed: readonly FieldViolation[];
  /** Parameters given more than once: wrong if the route knows them. */
  readonly repeated: ReadonlySet<string>;
}

const VIOLATIONS = Symbol("violations");
const NONE: QueryViolations = { malformed: [], repeated: new Set() };
const NO_VIOLATIONS: readonly FieldViolation[] = [];
/** Most requests have no query. */
const NO_QUERY: ParsedQuery = Object.freeze(
  Object.assign(Object.create(null), { [VIOLATIONS]: NONE }),
);

/**
 * Parses a query string strictly: valid percent-encoding of valid UTF-8, each parameter once. Never
 * throws.
 */
export function parseQuery(query: string): ParsedQuery {
  if (query === "") return NO_QUERY;
  const values: Record<string, string> = Object.create(null);
  const malformed: FieldViolation[] = [];
  const repeated = new Set<string>();
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const split = pair.indexOf("=");
    const name = decode(split < 0 ? pair : pair.slice(0, split));
    const value = decode(split < 0 ? "" : pair.slice(split + 1));
    if (name === undefined || value === undefined) {
      const message = "must be percent-encoded UTF-8";
      malformed.push({ field: shownFieldName(name ?? pair.slice(0, Math.max(split, 0))), message });
      continue;
    }
    const message = findCharacterViolation(name) ?? findCharacterViolation(value);
    if (message !== undefined) malformed.push({ field: shownFieldName(name), message });
    else if (name in values) repeated.add(name);
    else values[name] = value;
  }
  const clean = malformed.length === 0 && repeated.size === 0;
  return Object.assign(values, { [VIOLATIONS]: clean ? NONE : { malformed, repeated } });
}

/** Finds the violations of a parsed query, for a route that knows these parameters. */
export function findQueryViolations(
  query: unknown,
  knows: (name: string) => boolean,
): readonly FieldViolation[] {
  const violations = (query as Partial<ParsedQuery> | undefined)?.[VIOLATIONS] ?? NONE;
  if (violations === NONE) return NO_VIOLATIONS;
  const { malformed, repeated } = violations;
  const twice = [...repeated].filter(knows).map((field) => ({
    field: shownFieldName(field),
    message: "must not be given more than once",
  }));
  return [...malformed, ...twice];
}

/** Undoes percent-encoding. Raw bytes above 0x7f do not get here: Node's parser refuses them. */
function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part.replaceAll("+", " "));
  } catch {
    // The caller names the parameter.
    return undefined;
  }
}
