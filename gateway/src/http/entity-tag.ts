import { hash } from "node:crypto";

/** Twelve bytes: two bodies of one resource do not meet in them by chance. */
const HASH_CHARACTERS = 16;
const RESOURCE_TAG = /^(\d+)\.[\w-]{16}$/;
const TAG = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/y;
const SEPARATOR = /[ \t]*(?:,[ \t]*|$)/y;

/** One entity tag of a header. */
export interface EntityTag {
  readonly weak: boolean;
  /** What stands between the quotes. */
  readonly opaque: string;
}

/**
 * Makes the strong tag of a resource: the version that its service compares on a write, and a hash
 * of the very bytes of this answer, which changes also when an owner's name or a count does.
 * docs/decisions/0003 tells why both.
 */
export function resourceTag(version: string, body: string): string {
  return `"${version}.${hash("sha256", body, "base64url").slice(0, HASH_CHARACTERS)}"`;
}

/** Reads the version out of a tag that `resourceTag` made; undefined if it is none of ours. */
export function versionOf({ weak, opaque }: EntityTag): string | undefined {
  return weak ? undefined : RESOURCE_TAG.exec(opaque)?.[1];
}

/** Parses `If-Match` or `If-None-Match`: `*`, or tags; undefined if it is malformed. */
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

/**
 * Says whether `If-None-Match` holds this tag, by weak comparison. A malformed header matches
 * nothing.
 */
export function matchesNone(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  const tags = parseEntityTags(header);
  if (tags === "*") return true;
  return tags?.some(({ opaque }) => `"${opaque}"` === tag) ?? false;
}
