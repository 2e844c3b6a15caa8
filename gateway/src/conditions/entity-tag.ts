import { hash } from "node:crypto";

/** Twelve bytes: two bodies of one resource do not collide by chance. */
const HASH_CHARACTERS = 16;
const RESOURCE_TAG = /^(\d+)\.[\w-]{16}$/;
const TAG = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/y;
/** Also several commas: empty elements of a list do not count (RFC 9110, 5.6.1). */
const SEPARATOR = /[ \t]*(?:,[ \t,]*|$)/y;
const LEADING_COMMAS = /^[ \t,]+/;

/** An entity tag of a header. */
export interface EntityTag {
  readonly weak: boolean;
  /** The text between the quotes. */
  readonly opaque: string;
}

/**
 * Returns the strong tag of a resource: the version that its service compares on a write, and a
 * hash of this answer's bytes, which also changes with an owner's name or a count.
 * docs/decisions/0003 says why both.
 */
export function resourceTag(version: string, body: string): string {
  return `"${version}.${hash("sha256", body, "base64url").slice(0, HASH_CHARACTERS)}"`;
}

/** Returns the version in a tag of {@link resourceTag}; undefined for any other tag. */
export function versionOf({ opaque }: EntityTag): string | undefined {
  return RESOURCE_TAG.exec(opaque)?.[1];
}

/** Parses `If-Match` or `If-None-Match`: `*`, or tags. Returns undefined if it is malformed. */
export function parseEntityTags(header: string): "*" | readonly EntityTag[] | undefined {
  if (header.trim() === "*") return "*";
  const text = header.replace(LEADING_COMMAS, "").trimEnd();
  const tags: EntityTag[] = [];
  let at = 0;
  while (at < text.length) {
    TAG.lastIndex = at;
    const match = TAG.exec(text);
    if (match === null) return undefined;
    tags.push({ weak: match[1] !== undefined, opaque: match[2] ?? "" });
    SEPARATOR.lastIndex = TAG.lastIndex;
    if (SEPARATOR.exec(text) === null) return undefined;
    at = SEPARATOR.lastIndex;
  }
  return tags.length === 0 ? undefined : tags;
}

/** Whether `If-None-Match` has this tag, by weak comparison. A malformed header matches nothing. */
export function matchesNone(header: string | undefined, tag: string): boolean {
  return hasTag(header, ({ opaque }) => `"${opaque}"` === tag);
}

/**
 * Whether `If-Match` has this tag, by strong comparison: a weak tag never matches. A malformed
 * header matches nothing.
 */
export function matchesStrongly(header: string, tag: string): boolean {
  return hasTag(header, ({ weak, opaque }) => !weak && `"${opaque}"` === tag);
}

function hasTag(header: string | undefined, isIt: (tag: EntityTag) => boolean): boolean {
  if (header === undefined) return false;
  const tags = parseEntityTags(header);
  return tags === "*" || (tags?.some(isIt) ?? false);
}
