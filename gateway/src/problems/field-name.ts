const FIELD_CHARACTERS_MAX = 100;

/** Fields of the contract that have another name in the REST API. */
const RENAMED: Readonly<Record<string, string>> = {
  imageId: "id",
  commentId: "id",
  ownerId: "owner",
};

/** Messages of the contract whose members are those of the body. */
const ENVELOPE = /^(?:user|image|comment|header)\./;

/**
 * Converts a field's path in the contract to the client's spelling: `image.display_name` to
 * `displayName`.
 */
export function fieldName(path: string): string {
  const name = path
    .replace(ENVELOPE, "")
    .replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return RENAMED[name] ?? name;
}

/** Makes a field's name from outside safe to show. An empty name stands for the whole body. */
export function shownFieldName(field: string): string {
  const name = field.toWellFormed().replaceAll("\0", "\ufffd");
  if (name === "") return "body";
  return name.length > FIELD_CHARACTERS_MAX ? `${name.slice(0, FIELD_CHARACTERS_MAX)}…` : name;
}
