import { fold } from "@triptych/chassis/validation/text-form";
import { findTextViolation } from "@triptych/chassis/validation/text-violation";
import type { SignUp } from "./accounts.ts";
import { isCommonPassword } from "./common-passwords.ts";
import { toEmailKey } from "./text-keys.ts";

// Each rule returns what is wrong, as the rest of a sentence that begins with the field's name, or
// undefined if nothing is. None repeats the text.

/** A handle as it is stored. */
export const HANDLE = /^[a-z0-9_]{3,30}$/;

/** RFC 5321, 4.5.3.1.3: the longest path has 256 octets, with its brackets. */
export const EMAIL_CODE_POINTS_MAX = 254;
export const PASSWORD_CODE_POINTS_MAX = 128;
const PASSWORD_CODE_POINTS_MIN = 12;
const DISPLAY_NAME_CODE_POINTS_MAX = 80;
const BIO_CODE_POINTS_MAX = 500;

/**
 * One @ with something on both sides, and no blank or control character. Only a mail can show
 * whether mail arrives.
 */
const EMAIL = /^[^@\p{Z}\p{C}]+@[^@\p{Z}\p{C}]+$/u;

/** The rule of a new handle: capitals are refused and not folded. */
export function findHandleViolation(handle: string): string | undefined {
  if (HANDLE.test(handle)) return undefined;
  return "must have 3 to 30 characters, each one of a to z, 0 to 9 or _";
}

/** The rule of an e-mail address. */
export function findEmailViolation(email: string): string | undefined {
  // Folding makes some addresses longer, and the index takes no key that is.
  const violation =
    findTextViolation(email, { max: EMAIL_CODE_POINTS_MAX }) ??
    findTextViolation(toEmailKey(email), { max: EMAIL_CODE_POINTS_MAX });
  if (violation !== undefined || EMAIL.test(email)) return violation;
  return "must be an e-mail address, such as ada@example.org";
}

/** The rule of a new password: long, not common, and not another field of the same account. */
export function findPasswordViolation({
  handle,
  email,
  password,
}: Omit<SignUp, "displayName">): string | undefined {
  const limits = { min: PASSWORD_CODE_POINTS_MIN, max: PASSWORD_CODE_POINTS_MAX };
  const violation = findTextViolation(password, limits);
  if (violation !== undefined) return violation;
  if (isCommonPassword(password)) return "is one of the commonest passwords: choose another";
  const folded = fold(password);
  if (folded === fold(handle) || folded === toEmailKey(email)) {
    return "must be neither the handle nor the e-mail address";
  }
  return undefined;
}

/** The rule of a display name, which may be empty. */
export function findDisplayNameViolation(displayName: string): string | undefined {
  return findTextViolation(displayName, { max: DISPLAY_NAME_CODE_POINTS_MAX });
}

/** The rule of a bio, which may be empty. */
export function findBioViolation(bio: string): string | undefined {
  return findTextViolation(bio, { max: BIO_CODE_POINTS_MAX });
}
