/** What every field says of itself. */
export interface FieldOptions<T> {
  /** The environment variable's name. */
  readonly variable: string;
  /** What the setting is for: a cell of the README's table. */
  readonly description: string;
  /** The value if the variable is unset or empty. Without it, unset is a violation. */
  readonly default?: T;
  /** True keeps the value, and the default, out of every message and table. */
  readonly secret?: boolean;
}

/** One setting of a process: where it is read from, what it may be, and how it becomes a value. */
export interface Field<T> {
  readonly variable: string;
  readonly description: string;
  /** What the value must be, as it follows "must be": `a port from 1 to 65535`. */
  readonly expected: string;
  readonly secret: boolean;
  /** What is used if the variable is unset; undefined makes unset a violation. */
  readonly fallback: { readonly value: T; readonly text: string } | undefined;
  /** Mutex the variable's text into a value, or says what is wrong in a `Invalid`. */
  readonly parse: (text: string) => T | Invalid;
}

/** The value that a field reads. */
export type FieldValue<F> = F extends Field<infer T> ? T : never;

/** The text does not fit the field. */
export class Invalid {
  /** What is wrong, where "must be …" does not say enough. Never repeats the text. */
  readonly detail: string | undefined;

  constructor(detail?: string) {
    this.detail = detail;
  }
}

/** How one kind of field reads its text. */
export interface Reading<T> {
  /** What the value must be, as it follows "must be". */
  readonly expected: string;
  readonly parse: (text: string) => T | Invalid;
  /** How a default is shown in a table; `String` if not given. */
  readonly show?: (value: T) => string;
}

/** Makes a field out of its options and its kind's way of reading. */
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

/** Lets a field be left out: unset and without a default it reads as undefined. */
export function optional<T>(field: Field<T>): Field<T | undefined> {
  return { ...field, fallback: field.fallback ?? { value: undefined, text: "" } };
}
