/** The options that every field has. */
export interface FieldOptions<T> {
  /** The environment variable's name. */
  readonly variable: string;
  /** The purpose of the setting, for the README's table. */
  readonly description: string;
  /** The value if the variable is unset or empty. Without it, an unset variable is a violation. */
  readonly default?: T;
  /** True hides the value and the default in every message and table. */
  readonly secret?: boolean;
}

/** One setting of a process: its variable, its allowed values, and its parser. */
export interface Field<T> {
  readonly variable: string;
  readonly description: string;
  /** What the value must be, as it follows "must be": `a port from 1 to 65535`. */
  readonly expected: string;
  readonly secret: boolean;
  /** Used if the variable is unset; undefined makes that a violation. */
  readonly fallback: { readonly value: T; readonly text: string } | undefined;
  /** Parses the variable's text into a value, or returns what is wrong as `Invalid`. */
  readonly parse: (text: string) => T | Invalid;
}

/** The type of a field's value. */
export type FieldValue<F> = F extends Field<infer T> ? T : never;

/** The result of parsing a text that is no value of the field. */
export class Invalid {
  /** What is wrong, if "must be …" does not say enough. Never repeats the text. */
  readonly detail: string | undefined;

  constructor(detail?: string) {
    this.detail = detail;
  }
}

/** The parser of one kind of field. */
export interface Reading<T> {
  /** What the value must be, as it follows "must be". */
  readonly expected: string;
  readonly parse: (text: string) => T | Invalid;
  /** Formats a default for a table; `String` if not given. */
  readonly show?: (value: T) => string;
}

/** Returns a field with these options and this parser. */
export function defineField<T>(options: FieldOptions<T>, reading: Reading<T>): Field<T> {
  const { variable, description, secret = false, default: value } = options;
  const show = reading.show ?? String;
  const fallback = value === undefined ? undefined : { value, text: show(value) };
  return {
    variable,
    description,
    secret,
    fallback,
    expected: reading.expected,
    parse: reading.parse,
  };
}

/** Returns a field that may be unset. It is undefined then, unless it has a default. */
export function optional<T>(field: Field<T>): Field<T | undefined> {
  return { ...field, fallback: field.fallback ?? { value: undefined, text: "" } };
}
