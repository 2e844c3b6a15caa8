import { fold } from "@triptych/chassis/validation/text-form";

/** The longest part of a name that is searched by. Folding makes some names many times longer. */
const NAME_KEY_LENGTH_MAX = 200;

/**
 * The form of an e-mail address that is unique. It is folded as every login is, so that a person
 * finds the account however they type it. Dots and tags are part of it: only a mail system knows
 * whether two such addresses are one.
 */
export function toEmailKey(email: string): string {
  return fold(email);
}

/**
 * The form of a display name, or of the beginning of one, that users are searched by. A blank at
 * the end of a beginning counts: it ends a word.
 */
export function toNameKey(name: string): string {
  return [...fold(name)].slice(0, NAME_KEY_LENGTH_MAX).join("");
}
