import { fold, isBlank, trimBlanks } from "@triptych/chassis/validation/text-form";
import { findTextViolation } from "@triptych/chassis/validation/text-violation";

const TITLE_LENGTH_MAX = 200;
const DESCRIPTION_LENGTH_MAX = 5_000;
const TAGS_MAX = 20;
const TAG_LENGTH_MAX = 50;

// Each function returns what is wrong, as the rest of a sentence that begins with the field's name,
// or undefined.

/** Checks a title, which may be empty. */
export function findTitleViolation(title: string): string | undefined {
  return findTextViolation(title, { max: TITLE_LENGTH_MAX });
}

/** Checks a description, which may be empty. */
export function findDescriptionViolation(description: string): string | undefined {
  return findTextViolation(description, { max: DESCRIPTION_LENGTH_MAX });
}

/** Checks a tag in the form of `toTag`. */
export function findTagViolation(tag: string): string | undefined {
  if (isBlank(tag)) return "must not be blank";
  return findTextViolation(tag, { max: TAG_LENGTH_MAX });
}

/** Checks how many different tags an image has. */
export function findTagsViolation(tags: readonly string[]): string | undefined {
  return tags.length > TAGS_MAX ? `must be at most ${TAGS_MAX}` : undefined;
}

/** The form in which a tag is stored and compared. */
export function toTag(text: string): string {
  return fold(trimBlanks(text));
}
