import { findTextViolation } from "@triptych/chassis/validation/text-violation";

/** The longest body, in Unicode code points. The schema checks it too. */
export const BODY_CODE_POINTS_MAX = 2_000;

/**
 * Says what is wrong with a comment's body, for the person who wrote it; undefined if nothing is.
 */
export function findBodyViolation(body: string): string | undefined {
  if (body.trim() === "") return "must not be blank";
  return findTextViolation(body, { max: BODY_CODE_POINTS_MAX });
}
