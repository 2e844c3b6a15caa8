import { type FieldReader, readFields } from "@triptych/chassis/validation/field-reader";
import { findTextViolation } from "@triptych/chassis/validation/text-violation";
import type { ImageFields, Visibility } from "./image.ts";

const TITLE_LENGTH_MAX = 200;
const DESCRIPTION_LENGTH_MAX = 5_000;
const TAGS_MAX = 20;
const TAG_LENGTH_MAX = 50;

/** A visibility as it was asked for; "unknown" is a number that the contract does not know. */
export type RequestedVisibility = Visibility | "unspecified" | "unknown";

/** What an upload says of its image, before its bytes or after them. */
export interface ImageHeader {
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly visibility: RequestedVisibility;
}

/** Which fields an owner may change, by the names that the contract's update masks give them. */
export const UPDATABLE_FIELDS = [
  "title",
  "description",
  "tags",
  "visibility",
  "comments_open",
] as const;

/** What an owner changes: the mask's paths, and values of which only those count. */
export interface ImageChange extends ImageHeader {
  readonly paths: readonly string[];
  readonly commentsOpen: boolean;
}

const MESSAGE_VISIBILITY = "must be public, unlisted or private";

/**
 * Checks an upload's header, and gives the fields of the image. Throws INVALID_ARGUMENT that names
 * every bad field.
 */
export function checkHeader(header: ImageHeader): ImageFields {
  const { visibility } = header;
  return readFields((fields) => {
    if (visibility === "unknown") fields.refuse("visibility", MESSAGE_VISIBILITY);
    return {
      title: fields.text("title", header.title, { max: TITLE_LENGTH_MAX }),
      description: fields.text("description", header.description, { max: DESCRIPTION_LENGTH_MAX }),
      tags: readTags(fields, "tags", header.tags),
      visibility: isVisibility(visibility) ? visibility : "public",
      commentsOpen: true,
    };
  });
}

/** Reads the new values of the fields that an update's mask names. */
export function readChange(fields: FieldReader, change: ImageChange): Partial<ImageFields> {
  const { paths, visibility } = change;
  if (paths.length === 0) fields.refuse("update_mask", "must name at least one field");
  if (!paths.every((path) => UPDATABLE_FIELDS.some((field) => field === path))) {
    fields.refuse("update_mask", `must name none but ${UPDATABLE_FIELDS.join(", ")}`);
  }
  const has = (path: (typeof UPDATABLE_FIELDS)[number]) => paths.includes(path);
  if (has("visibility") && !isVisibility(visibility)) {
    fields.refuse("image.visibility", MESSAGE_VISIBILITY);
  }
  const { title, description, tags, commentsOpen } = change;
  return {
    ...(has("title") && { title: fields.text("image.title", title, { max: TITLE_LENGTH_MAX }) }),
    ...(has("description") && {
      description: fields.text("image.description", description, { max: DESCRIPTION_LENGTH_MAX }),
    }),
    ...(has("tags") && { tags: readTags(fields, "image.tags", tags) }),
    ...(has("visibility") && isVisibility(visibility) && { visibility }),
    ...(has("comments_open") && { commentsOpen }),
  };
}

/** Reads one tag as tags are kept: trimmed and in lower case. */
export function readTag(fields: FieldReader, field: string, value: string): string {
  const tag = value.trim().toLowerCase();
  return fields.checked(field, tag, (text) =>
    findTextViolation(text, { min: 1, max: TAG_LENGTH_MAX }),
  );
}

function readTags(fields: FieldReader, field: string, values: readonly string[]): string[] {
  const tags = values.map((value, index) => readTag(fields, `${field}[${index}]`, value));
  const distinct = [...new Set(tags)];
  if (distinct.length > TAGS_MAX) fields.refuse(field, `must be at most ${TAGS_MAX}`);
  return distinct;
}

function isVisibility(visibility: RequestedVisibility): visibility is Visibility {
  return visibility !== "unspecified" && visibility !== "unknown";
}
