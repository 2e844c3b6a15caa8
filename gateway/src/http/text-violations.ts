import type { FieldViolation } from "@triptych/chassis/contract/failure";
import { findCharacterViolation } from "@triptych/chassis/validation/text-violation";
import { shownFieldName } from "#problems/field-name.ts";

/** No body of the API is deeper than 2. The limit keeps a hostile one from exhausting the stack. */
const DEPTH_MAX = 16;

/**
 * Finds every text of a body that no database can store: with a NUL character, or with half of a
 * surrogate pair. Also finds members that are nested too deeply to be searched.
 */
export function findTextViolations(
  value: unknown,
  path = "",
  depth = 0,
): readonly FieldViolation[] {
  if (typeof value === "string") {
    const message = findCharacterViolation(value);
    return message === undefined ? [] : [{ field: shownFieldName(path), message }];
  }
  if (typeof value !== "object" || value === null) return [];
  if (depth >= DEPTH_MAX) {
    return [
      { field: shownFieldName(path.split(/[.[]/, 1)[0] ?? ""), message: "is nested too deeply" },
    ];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => findTextViolations(item, `${path}[${index}]`, depth + 1));
  }
  return Object.entries(value).flatMap(([name, item]) =>
    findTextViolations(item, path === "" ? name : `${path}.${name}`, depth + 1),
  );
}
