import { createHash, randomBytes } from "node:crypto";
import { isId } from "@triptych/chassis/ids/new-id";

/** A refresh token: the text for the client, and the hash for the database. */
export interface RefreshToken {
  readonly text: string;
  readonly hash: Buffer;
}

/** The parts of a token that a client shows. */
export interface ParsedRefreshToken {
  readonly sessionId: string;
  readonly hash: Buffer;
}

const SECRET_BYTES = 32;
/** The last character has four bits of the secret; the other two are 0, as base64url has them. */
const TOKEN = /^([0-9a-f-]{36})\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/**
 * Creates a refresh token: the id of its session, which finds it, and 256 random bits. Only its
 * SHA-256 is stored. That needs neither a salt nor a slow hash, since nobody can guess 256 bits.
 */
export function newRefreshToken(sessionId: string): RefreshToken {
  const text = `${sessionId}.${randomBytes(SECRET_BYTES).toString("base64url")}`;
  return { text, hash: hashOf(text) };
}

/** Reads a token that a client shows; undefined if it has not the form of a refresh token. */
export function parseRefreshToken(text: string): ParsedRefreshToken | undefined {
  const [, sessionId] = TOKEN.exec(text) ?? [];
  if (sessionId === undefined || !isId(sessionId)) return undefined;
  return { sessionId, hash: hashOf(text) };
}

function hashOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
