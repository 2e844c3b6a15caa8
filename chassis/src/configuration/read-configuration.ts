import { ConfigurationError, type SettingViolation } from "./configuration-error.ts";
import { type Field, type FieldValue, Invalid } from "./setting.ts";

/** The longest part of a wrong value that a violation repeats. */
const SHOWN_CHARACTERS_MAX = 40;

/** Fields, by the names of their values in the code. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The values of the fields, by the same names. */
export type Configuration<F extends Fields> = { readonly [K in keyof F]: FieldValue<F[K]> };

/** The source of settings: `process.env`, or a record in tests. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns the violations of settings that are valid one by one, but not together. A value that is
 * missing or invalid is undefined.
 */
type FindViolations<F extends Fields> = (
  values: Partial<Configuration<F>>,
) => readonly SettingViolation[];

/**
 * Reads every field from the environment. An empty variable counts as unset.
 *
 * @throws ConfigurationError that names every violation, those of several settings together last.
 *   It holds no secret value.
 */
export function readConfiguration<F extends Fields>(
  environment: Environment,
  fields: F,
  findViolations: FindViolations<F> = () => [],
): Configuration<F> {
  const violations: SettingViolation[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const text = environment[field.variable] ?? "";
    const value: unknown = text === "" ? valueOfUnset(field) : field.parse(text);
    if (value instanceof Invalid) {
      const message = text === "" ? messageOfUnset(field) : messageOfInvalid(field, value, text);
      violations.push({ variable: field.variable, message });
    } else {
      values[name] = value;
    }
  }
  violations.push(...findViolations(values as Partial<Configuration<F>>));
  if (violations.length > 0) {
    throw new ConfigurationError(violations);
  }
  return values as Configuration<F>;
}

/** One row of a README's table of settings. */
interface ConfigurationRow {
  readonly variable: string;
  /** What the value must be: `a port from 1 to 65535`. */
  readonly expected: string;
  /**
   * The default, as the environment would spell it; undefined if the variable must be set.
   */
  readonly default: string | undefined;
  readonly description: string;
}

/** Describes the fields for a table, in their order. Shows no default of a secret. */
export function describeConfiguration(fields: Fields): readonly ConfigurationRow[] {
  return Object.values(fields).map(({ variable, expected, description, fallback, secret }) => ({
    variable,
    expected,
    default: secret && fallback !== undefined && fallback.text !== "" ? "(secret)" : fallback?.text,
    description,
  }));
}

function valueOfUnset<T>(field: Field<T>): T | Invalid {
  return field.fallback === undefined ? new Invalid() : field.fallback.value;
}

function messageOfUnset({ expected, description }: Field<unknown>): string {
  return `is not set: it must be ${expected} (${description})`;
}

function messageOfInvalid(
  { expected, secret }: Field<unknown>,
  { detail }: Invalid,
  text: string,
): string {
  const must = `must be ${expected}`;
  if (detail !== undefined) {
    return `${must}: ${detail}`;
  }
  return secret ? `${must}; its value is secret and not shown` : `${must}, not ${shorten(text)}`;
}

function shorten(text: string): string {
  const shown =
    text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}…` : text;
  return JSON.stringify(shown);
}
