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
 * Says what is wrong with a text: a NUL, which Postgres cannot hold, half of a surrogate pair,
 * which UTF-8 cannot, or its length. Undefined if nothing is. Never repeats the text.
 */
export function findTextViolation(text: string, { min = 0, max }: TextLimits): string | undefined {
  if (text.includes("\0")) return "must not contain the character NUL";
  if (!text.isWellFormed()) return "must not contain half of a surrogate pair";
  // A code point is at most two UTF-16 units: what is longer than this need not be counted.
  const length = text.length > 2 * max ? text.length : countCodePoints(text);
  if (length >= min && length <= max) return undefined;
  return `must have ${min > 0 ? `${min} to ${max}` : `at most ${max}`} characters`;
}
