import { isId } from "@triptych/chassis/database/new-id";
import type { FieldViolation } from "@triptych/chassis/failure";
import { isCommonPassword } from "./common-passwords.ts";
import { checkText } from "./text-rules.ts";
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

/** One @ with something on both sides, and no blank or control character. Whether mail arrives, only mail can tell. */
const EMAIL = /^[^@\p{Z}\p{C}]+@[^@\p{Z}\p{C}]+$/u;

/** Finds every field of a new account that breaks a rule. */
export function checkAccountRequest(request: AccountRequest): readonly FieldViolation[] {
  return [
    ...checkHandle(request.handle),
    ...checkEmail(request.email),
    ...checkPassword(request),
    ...checkDisplayName("display_name", request.displayName),
  ];
}

/** Finds every field of a changed profile that breaks a rule. */
export function checkProfileChange(change: ProfileChange): readonly FieldViolation[] {
  const { displayName = "", bio = "", avatarImageId } = change;
  return [
    ...checkDisplayName("user.display_name", displayName),
    ...checkText("user.bio", bio, { max: BIO_CODE_POINTS_MAX }),
    ...(typeof avatarImageId === "string" ? checkId("user.avatar_image_id", avatarImageId) : []),
  ];
}

/** Says whether a text has an id's form. */
export function checkId(field: string, id: string): readonly FieldViolation[] {
  return isId(id) ? [] : [{ field, message: "must be a UUID in lower case" }];
}

function checkHandle(handle: string): readonly FieldViolation[] {
  if (HANDLE.test(handle)) return [];
  const message = "must have 3 to 30 characters, each one of a to z, 0 to 9 or _";
  return [{ field: "handle", message }];
}

function checkEmail(email: string): readonly FieldViolation[] {
  const violations = checkText("email", email, { max: EMAIL_CODE_POINTS_MAX });
  if (violations.length > 0 || EMAIL.test(email)) return violations;
  return [{ field: "email", message: "must be an e-mail address, such as ada@example.org" }];
}

function checkPassword({ handle, email, password }: AccountRequest): readonly FieldViolation[] {
  const field = "password";
  const limits = { min: PASSWORD_CODE_POINTS_MIN, max: PASSWORD_CODE_POINTS_MAX };
  const violations = checkText(field, password, limits);
  if (violations.length > 0) return violations;
  if (isCommonPassword(password)) {
    return [{ field, message: "is one of the commonest passwords: choose another" }];
  }
  const folded = password.toLowerCase();
  if (folded === handle.toLowerCase() || folded === email.toLowerCase()) {
    return [{ field, message: "must be neither the handle nor the e-mail address" }];
  }
  return [];
}

function checkDisplayName(field: string, displayName: string): readonly FieldViolation[] {
  return checkText(field, displayName, { max: DISPLAY_NAME_CODE_POINTS_MAX });
}
