import type { BadField } from "#problems/problem.ts";
import { shown, textFault } from "./text-violations.ts";

/**
 * A parsed query, and what is wrong with it. The router must be given a value, so faults are kept
 * for a hook.
 */
export interface ParsedQuery {
  readonly [FAULTS]: QueryFaults;
  readonly [name: string]: string;
}

/** What is wrong with a query. */
export interface QueryFaults {
  /** Parameters whose bytes are wrong, whether or not the route knows them. */
  readonly malformed: readonly BadField[];
  /** Parameters that stand more than once: wrong if the route knows them. */
  readonly repeated: ReadonlySet<string>;
}

const FAULTS = Symbol("faults");
const NONE: QueryFaults = { malformed: [], repeated: new Set() };

/**
 * Parses a query string strictly: valid percent-encoding of valid UTF-8, each parameter once. Never
 * throws.
 */
export function parseQuery(query: string): ParsedQuery {
  const values: Record<string, string> = Object.create(null);
  const malformed: BadField[] = [];
  const repeated = new Set<string>();
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const split = pair.indexOf("=");
    const name = decode(split < 0 ? pair : pair.slice(0, split));
    const value = decode(split < 0 ? "" : pair.slice(split + 1));
    if (name === undefined || value === undefined) {
      const message = "must be percent-encoded UTF-8";
      malformed.push({ field: shown(name ?? pair.slice(0, Math.max(split, 0))), message });
      continue;
    }
    const message = textFault(name) ?? textFault(value);
    if (message !== undefined) malformed.push({ field: shown(name), message });
    else if (name in values) repeated.add(name);
    else values[name] = value;
  }
  const clean = malformed.length === 0 && repeated.size === 0;
  return Object.assign(values, { [FAULTS]: clean ? NONE : { malformed, repeated } });
}

/** Finds what is wrong with a parsed query, for a route that knows these parameters. */
export function findQueryFaults(
  query: unknown,
  knows: (name: string) => boolean,
): readonly BadField[] {
  const { malformed, repeated } = (query as Partial<ParsedQuery> | undefined)?.[FAULTS] ?? NONE;
  const twice = [...repeated].filter(knows).map((field) => ({
    field: shown(field),
    message: "must not be given more than once",
  }));
  return [...malformed, ...twice];
}

/** Undoes percent-encoding. Raw bytes above 0x7f never come so far: Node's parser refuses them. */
function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part.replaceAll("+", " "));
  } catch {
    // The caller says which parameter it was.
    return undefined;
  }
}
