/** How long a text may be, in Unicode code points, both bounds allowed. */
export interface TextLimits {
  readonly min?: number;
  readonly max: number;
}

/** Counts code points. What a person sees as one character mostly is one, and never half of one. */
export function countCodePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/**
 * Checks a text's characters and its length. Returns what is wrong, to follow the field's name in a
 * sentence, or undefined. Never repeats the text.
 */
export function findTextViolation(text: string, { min = 0, max }: TextLimits): string | undefined {
  const violation = findCharacterViolation(text);
  if (violation !== undefined) return violation;
  // A code point is at most two UTF-16 units: a text longer than this need not be counted.
  const length = text.length > 2 * max ? text.length : countCodePoints(text);
  if (length >= min && length <= max) return undefined;
  return `must have ${min > 0 ? `${min} to ${max}` : `at most ${max}`} characters`;
}

/**
 * Checks a text for what cannot be stored: a NUL character, which Postgres refuses, and half of a
 * surrogate pair, which UTF-8 cannot hold. Returns as {@link findTextViolation} does.
 */
export function findCharacterViolation(text: string): string | undefined {
  if (text.includes("\0")) return "must not contain a NUL character";
  return text.isWellFormed() ? undefined : "must not contain half of a surrogate pair";
}
