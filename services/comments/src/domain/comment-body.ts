/** The longest body, in Unicode code points. The schema checks it too. */
export const BODY_CODE_POINTS_MAX = 2_000;

/** A code point is at most two UTF-16 units: what is longer than this need not be counted. */
const BODY_UNITS_MAX = 2 * BODY_CODE_POINTS_MAX;

/** Says what is wrong with a comment's body, for the person who wrote it; undefined if nothing is. */
export function findBodyFault(body: string): string | undefined {
  if (body.trim() === "") return "must not be blank";
  if (body.length > BODY_UNITS_MAX || [...body].length > BODY_CODE_POINTS_MAX) {
    return `must have at most ${BODY_CODE_POINTS_MAX} characters`;
  }
  // Postgres stores neither.
  if (body.includes("\0")) return "must not contain the character NUL";
  if (!body.isWellFormed()) return "must not contain half of a surrogate pair";
  return undefined;
}
