import type { BadField } from "#problems/problem.ts";

/** No body of ours is deeper than 2. A limit keeps a hostile one from exhausting the stack. */
const DEPTH_MAX = 16;
const FIELD_CHARACTERS_MAX = 100;

/**
 * Finds every text that no database could keep: with a NUL character, or with half of a surrogate
 * pair. Also finds what is nested too deeply to be looked at.
 */
export function findTextFaults(value: unknown, path = "", depth = 0): readonly BadField[] {
  if (typeof value === "string") {
    const message = textFault(value);
    return message === undefined ? [] : [{ field: shown(path), message }];
  }
  if (typeof value !== "object" || value === null) return [];
  if (depth >= DEPTH_MAX) {
    return [{ field: shown(path.split(/[.[]/, 1)[0] ?? ""), message: "is nested too deeply" }];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => findTextFaults(item, `${path}[${index}]`, depth + 1));
  }
  return Object.entries(value).flatMap(([name, item]) =>
    findTextFaults(item, path === "" ? name : `${path}.${name}`, depth + 1),
  );
}

/** Says what is wrong with a text, as it follows the field's name; undefined if nothing is. */
export function textFault(text: string): string | undefined {
  if (text.includes("\0")) return "must not contain a NUL character";
  return text.isWellFormed() ? undefined : "must not contain half of a surrogate pair";
}

/** Makes a field's name, which came from outside, fit for an answer. */
export function shown(field: string): string {
  const name = field.toWellFormed().replaceAll("\0", "\ufffd");
  if (name === "") return "body";
  return name.length > FIELD_CHARACTERS_MAX ? `${name.slice(0, FIELD_CHARACTERS_MAX)}…` : name;
}
