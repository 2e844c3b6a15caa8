import { createHash } from "node:crypto";
import { isId } from "./new-id.ts";

/**
 * The kind of one part of a position: a UUID, an RFC 3339 time in UTC, a safe integer, or a text.
 */
export type PositionKind = "id" | "time" | "integer" | "text";

/** A cursor: the sort key of the last row of a page. */
export type Position = readonly (string | number)[];

const VERSION = 1;
const CHECKSUM_BYTES = 9;
const HEAD_BYTES = 1 + CHECKSUM_BYTES;
const TOKEN_LENGTH_MAX = 1024;
/** A character has at most four bytes, so every position that fits its kinds fits a token. */
const TEXT_LENGTH_MAX = 128;
const TOKEN = /^[A-Za-z0-9_-]+$/;
const TIME = /^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z$/;

/** Whether a text is a time that exists. `Date` alone takes 30 February for 2 March. */
function isTime(text: string): boolean {
  if (!TIME.test(text) || Number.isNaN(Date.parse(text))) return false;
  const seconds = text.slice(0, "2026-01-01T00:00:00".length);
  return new Date(text).toISOString().startsWith(seconds);
}

const isKind: Readonly<Record<PositionKind, (value: unknown) => boolean>> = {
  id: (value) => typeof value === "string" && isId(value),
  time: (value) => typeof value === "string" && isTime(value),
  integer: (value) => Number.isSafeInteger(value),
  text: (value) =>
    typeof value === "string" &&
    value.length <= TEXT_LENGTH_MAX &&
    !value.includes("\0") &&
    value.isWellFormed(),
};

/**
 * Encodes the page token of cursor pagination: an opaque, URL-safe text for the page after
 * `position`. `query` is everything that the list's order and content depend on: the method, its
 * filters, its order, and the viewer. Throws RangeError if the token is too long.
 */
export function encodePageToken(query: readonly string[], position: Position): string {
  const body = Buffer.from(JSON.stringify(position));
  const token = Buffer.concat([Buffer.of(VERSION), checksum(query, body), body]).toString(
    "base64url",
  );
  if (token.length > TOKEN_LENGTH_MAX)
    throw new RangeError("the position is too long for a page token");
  return token;
}

/**
 * Decodes a page token. Returns undefined if it is malformed, belongs to another query or version,
 * or has a position of other kinds. No part of a forged token passes unchecked. The checksum finds
 * mistakes; it is no signature.
 */
export function decodePageToken(
  query: readonly string[],
  token: string,
  kinds: readonly PositionKind[],
): Position | undefined {
  if (token.length > TOKEN_LENGTH_MAX || !TOKEN.test(token)) return undefined;
  const bytes = Buffer.from(token, "base64url");
  if (bytes.toString("base64url") !== token || bytes[0] !== VERSION) return undefined;
  const body = bytes.subarray(HEAD_BYTES);
  if (!bytes.subarray(1, HEAD_BYTES).equals(checksum(query, body))) return undefined;
  return toPosition(body, kinds);
}

function checksum(query: readonly string[], body: Buffer): Buffer {
  const hash = createHash("sha256")
    .update(JSON.stringify([VERSION, query]))
    .update(body);
  return hash.digest().subarray(0, CHECKSUM_BYTES);
}

function toPosition(body: Buffer, kinds: readonly PositionKind[]): Position | undefined {
  let position: unknown;
  try {
    position = JSON.parse(body.toString());
  } catch {
    return undefined; // a forged token may have a right checksum
  }
  if (!Array.isArray(position) || position.length !== kinds.length) return undefined;
  const fits = kinds.every((kind, index) => isKind[kind](position[index]));
  return fits ? position : undefined;
}
