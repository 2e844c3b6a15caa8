import { defineField, type Field, type FieldOptions, Invalid } from "./setting.ts";

/** The longest text that a field accepts. */
const TEXT_CHARACTERS_MAX = 65_536;

/** Reads a text, unchanged. */
export function text(options: FieldOptions<string>): Field<string> {
  return defineField(options, {
    expected: "a text",
    parse: (value) => (value.length > TEXT_CHARACTERS_MAX ? new Invalid("it is too long") : value),
  });
}

/** The bounds of a whole number, inclusive. */
interface IntegerOptions extends FieldOptions<number> {
  readonly min: number;
  readonly max: number;
}

/** Reads a whole number from `min` to `max`. */
export function integer(options: IntegerOptions): Field<number> {
  const expected = `a whole number from ${options.min} to ${options.max}`;
  return integerField(options, expected);
}

/** Reads a duration in whole milliseconds, from `min` to `max`. */
export function milliseconds(options: IntegerOptions): Field<number> {
  const expected = `a whole number of milliseconds from ${options.min} to ${options.max}`;
  return integerField(options, expected);
}

/** Reads a whole number that has a better name, such as a port. */
export function integerField(options: IntegerOptions, expected: string): Field<number> {
  return defineField(options, {
    expected,
    parse: (value) => {
      const number = /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
      return number >= options.min && number <= options.max ? number : new Invalid();
    },
  });
}

/** Reads `true` or `false`, in no other spelling. */
export function boolean(options: FieldOptions<boolean>): Field<boolean> {
  return defineField(options, {
    expected: "true or false",
    parse: (value) => (value === "true" ? true : value === "false" ? false : new Invalid()),
  });
}

/** Reads one of a few words, typed as their union. */
export function oneOf<const T extends string>(
  words: readonly T[],
  options: FieldOptions<T>,
): Field<T> {
  return defineField(options, {
    expected: `one of ${words.join(", ")}`,
    parse: (value) => words.find((word) => word === value) ?? new Invalid(),
  });
}

/** Reads texts separated by commas. Drops the blanks around each, and empty ones. */
export function list(options: FieldOptions<readonly string[]>): Field<readonly string[]> {
  return defineField(options, {
    expected: "a list separated by commas",
    parse: splitList,
    show: (value) => value.join(","),
  });
}

/** The options of a JSON setting. */
interface JsonOptions<T> extends FieldOptions<T> {
  /** What it must be, as it follows "must be": `a JSON Web Key Set`. */
  readonly expected: string;
  /**
   * Returns the value, or throws an error whose message says what is wrong. The message of a
   * secret is not shown.
   */
  readonly parse: (value: unknown) => T;
}

/** Reads JSON, and returns what `parse` returns for it. No violation repeats its text. */
export function json<T>(options: JsonOptions<T>): Field<T> {
  return defineField(options, {
    expected: options.expected,
    parse: (value) => parseJson(value, options),
    show: (value) => JSON.stringify(value),
  });
}

/** Splits a list at its commas. */
export function splitList(value: string): readonly string[] {
  const parts = value.split(",").map((part) => part.trim());
  return parts.filter((part) => part !== "");
}

function parseJson<T>(value: string, { parse, secret }: JsonOptions<T>): T | Invalid {
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    // The parser's own message quotes the text, which may be a key.
    return new Invalid("it is not JSON");
  }
  try {
    return parse(parsed);
  } catch (error) {
    return new Invalid(error instanceof Error && !secret ? error.message : "it is not as expected");
  }
}
