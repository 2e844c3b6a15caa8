import { createHash, randomBytes } from "node:crypto";
import { isId } from "@triptych/chassis/ids/new-id";

/** A refresh token as the client holds it, and as the database does. */
export interface RefreshToken {
  readonly text: string;
  readonly hash: Buffer;
}

/** What a refresh token says of itself. */
export interface ParsedRefreshToken {
  readonly sessionId: string;
  readonly hash: Buffer;
}

const SECRET_BYTES = 32;
const TOKEN = /^([0-9a-f-]{36})\.([A-Za-z0-9_-]{43})$/;

/**
 * Makes a refresh token: its session's id, by which it is found, and 256 random bits. Only its
 * SHA-256 is kept, which needs no salt and no slowness, since there is nothing to guess.
 */
export function newRefreshToken(sessionId: string): RefreshToken {
  const text = `${sessionId}.${randomBytes(SECRET_BYTES).toString("base64url")}`;
  return { text, hash: hashOf(text) };
}

/** Reads a token that a client shows. Undefined if it is none of ours by its form. */
export function parseRefreshToken(text: string): ParsedRefreshToken | undefined {
  const [, sessionId] = TOKEN.exec(text) ?? [];
  if (sessionId === undefined || !isId(sessionId)) return undefined;
  return { sessionId, hash: hashOf(text) };
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
