import { isBlank } from "@triptych/chassis/validation/text-form";
import { findTextViolation } from "@triptych/chassis/validation/text-violation";

/** The longest body. The schema has the same limit. */
export const BODY_CODE_POINTS_MAX = 2_000;

/**
 * Returns what is wrong with a comment's body, as the rest of a sentence that begins with the
 * field's name; undefined if nothing is.
 */
export function findBodyViolation(body: string): string | undefined {
  if (isBlank(body)) return "must not be blank";
  return findTextViolation(body, { max: BODY_CODE_POINTS_MAX });
}
