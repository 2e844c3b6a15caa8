import { type FieldReader, readFields } from "@triptych/chassis/validation/field-reader";
import { findTextViolation } from "@triptych/chassis/validation/text-violation";
import { isCommonPassword } from "./common-passwords.ts";
import type { ProfileChange } from "./user.ts";

/** What somebody sends to open an account. */
export interface AccountRequest {
  readonly handle: string;
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
}

/** A handle as it is stored. */
export const HANDLE = /^[a-z0-9_]{3,30}$/;

/** RFC 5321, 4.5.3.1.3: the longest path has 256 octets, with its brackets. */
export const EMAIL_CODE_POINTS_MAX = 254;
export const PASSWORD_CODE_POINTS_MAX = 128;
const PASSWORD_CODE_POINTS_MIN = 12;
const DISPLAY_NAME_CODE_POINTS_MAX = 80;
const BIO_CODE_POINTS_MAX = 500;

/**
 * One @ with something on both sides, and no blank or control character. Whether mail arrives, only
 * mail can tell.
 */
const EMAIL = /^[^@\p{Z}\p{C}]+@[^@\p{Z}\p{C}]+$/u;

/**
 * Reads what a new account is to be. Throws INVALID_ARGUMENT with every field that breaks a rule.
 */
export function readAccountRequest(request: AccountRequest): AccountRequest {
  return readFields((fields) => ({
    handle: fields.checked("handle", request.handle, findHandleFault),
    email: fields.checked("email", request.email, findEmailFault),
    password: fields.checked("password", request.password, () => findPasswordFault(request)),
    displayName: fields.text("display_name", request.displayName, {
      max: DISPLAY_NAME_CODE_POINTS_MAX,
    }),
  }));
}

/** Reads how a profile is to change, and notes every field that breaks a rule. */
export function readProfileChange(fields: FieldReader, change: ProfileChange): ProfileChange {
  const { displayName = "", bio = "", avatarImageId } = change;
  fields.text("user.display_name", displayName, { max: DISPLAY_NAME_CODE_POINTS_MAX });
  fields.text("user.bio", bio, { max: BIO_CODE_POINTS_MAX });
  if (typeof avatarImageId === "string") fields.id("user.avatar_image_id", avatarImageId);
  return change;
}

function findHandleFault(handle: string): string | undefined {
  if (HANDLE.test(handle)) return undefined;
  return "must have 3 to 30 characters, each one of a to z, 0 to 9 or _";
}

function findEmailFault(email: string): string | undefined {
  const fault = findTextViolation(email, { max: EMAIL_CODE_POINTS_MAX });
  if (fault !== undefined || EMAIL.test(email)) return fault;
  return "must be an e-mail address, such as ada@example.org";
}

function findPasswordFault({ handle, email, password }: AccountRequest): string | undefined {
  const limits = { min: PASSWORD_CODE_POINTS_MIN, max: PASSWORD_CODE_POINTS_MAX };
  const fault = findTextViolation(password, limits);
  if (fault !== undefined) return fault;
  if (isCommonPassword(password)) return "is one of the commonest passwords: choose another";
  const folded = password.toLowerCase();
  if (folded === handle.toLowerCase() || folded === email.toLowerCase()) {
    return "must be neither the handle nor the e-mail address";
  }
  return undefined;
}
