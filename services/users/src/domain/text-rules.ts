import type { FieldViolation } from "@triptych/chassis/failure";

/** How long a text may be, in Unicode code points, both bounds allowed. */
export interface TextLimits {
  readonly min?: number;
  readonly max: number;
}

/** Counts code points: what a person takes for one character is mostly one, and never a half. */
export function countCodePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/**
 * Says what is wrong with a text: a NUL, which Postgres cannot hold, half of a surrogate pair, which no UTF-8 can,
 * or its length. Gives none or one violation, and never repeats the text.
 */
export function checkText(
  field: string,
  text: string,
  { min = 0, max }: TextLimits,
): readonly FieldViolation[] {
  if (text.includes("\0")) return [{ field, message: "must not contain the NUL character" }];
  if (!text.isWellFormed()) return [{ field, message: "must be well-formed Unicode" }];
  const length = countCodePoints(text);
  if (length >= min && length <= max) return [];
  const bounds = min > 0 ? `${min} to ${max}` : `at most ${max}`;
  return [{ field, message: `must have ${bounds} characters, not ${length}` }];
}
