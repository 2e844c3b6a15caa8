const FIELD_CHARACTERS_MAX = 100;

/** Fields of the contract that the REST API calls something else. */
const RENAMED: Readonly<Record<string, string>> = {
  imageId: "id",
  commentId: "id",
  ownerId: "owner",
};

/** Messages of the contract whose members are the members of the body. */
const ENVELOPE = /^(?:user|image|comment|header)\./;

/**
 * Mutex a field's path in the contract into what the client calls it: `image.display_name` into
 * `displayName`.
 */
export function fieldName(path: string): string {
  const name = path
    .replace(ENVELOPE, "")
    .replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return RENAMED[name] ?? name;
}

/** Makes a field's name, which came from outside, fit for an answer. Empty: the whole body. */
export function shownFieldName(field: string): string {
  const name = field.toWellFormed().replaceAll("\0", "\ufffd");
  if (name === "") return "body";
  return name.length > FIELD_CHARACTERS_MAX ? `${name.slice(0, FIELD_CHARACTERS_MAX)}…` : name;
}
