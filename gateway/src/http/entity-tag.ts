import { hash } from "node:crypto";

/** Twelve bytes: two bodies of one resource do not collide by chance. */
const HASH_CHARACTERS = 16;
const RESOURCE_TAG = /^(\d+)\.[\w-]{16}$/;
const TAG = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/y;
const SEPARATOR = /[ \t]*(?:,[ \t]*|$)/y;

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
export function versionOf({ weak, opaque }: EntityTag): string | undefined {
  return weak ? undefined : RESOURCE_TAG.exec(opaque)?.[1];
}

/** Parses `If-Match` or `If-None-Match`: `*`, or tags. Returns undefined if it is malformed. */
export function parseEntityTags(header: string): "*" | readonly EntityTag[] | undefined {
  const text = header.trim();
  if (text === "*") return "*";
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
  if (header === undefined) return false;
  const tags = parseEntityTags(header);
  if (tags === "*") return true;
  return tags?.some(({ opaque }) => `"${opaque}"` === tag) ?? false;
}
