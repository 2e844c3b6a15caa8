import { hash, type KeyObject } from "node:crypto";
import { type JWTHeaderParameters, type JWTPayload, jwtVerify } from "jose";
import { LRUCache } from "lru-cache";
import { isId } from "#ids/new-id.ts";
import {
  ACCESS_TOKEN_ALGORITHM,
  ACCESS_TOKEN_TYPE,
  type AccessToken,
  InvalidAccessToken,
} from "./access-token.ts";
import { importPublicKey, type Jwks } from "./keys.ts";

/** A valid token has about 400 characters. A longer text is not worth hashing. */
const TOKEN_CHARACTERS_MAX = 2_048;
const CLOCK_TOLERANCE_SECONDS_DEFAULT = 5;
/** No token is signed for longer than this. */
const LIFETIME_SECONDS_MAX = 24 * 60 * 60;
/** An entry takes about 1 kB: 10 MB at most. */
const CACHE_MAX_DEFAULT = 10_000;

/** The options of a verifier. */
interface AccessTokenVerifierOptions {
  /** The public keys, by their `kid`. */
  readonly keys: Jwks;
  readonly issuer: string;
  readonly audience: string;
  /** How far the clocks of two machines may differ: a token is valid for so much longer. */
  readonly clockToleranceSeconds?: number;
  /** How many verified tokens are cached. */
  readonly cacheMax?: number;
  /** The clock, in milliseconds since 1970; `Date.now` if not given. */
  readonly now?: () => number;
}

/** Verifies access tokens. */
export interface AccessTokenVerifier {
  /** Returns the claims of a token. Throws `InvalidAccessToken`, with the reason as its `cause`. */
  readonly verify: (token: string) => Promise<AccessToken>;
}

/**
 * Returns the verifier of access tokens, which needs no other service: the keys are settings. A
 * verified token is cached until it expires, since verifying takes about 300 µs and a look-up 2 µs.
 * A refused one is not, so that forged tokens can't evict real ones.
 *
 * @throws Error if a key is no Ed25519 public key.
 */
export function createAccessTokenVerifier(
  options: AccessTokenVerifierOptions,
): AccessTokenVerifier {
  const { issuer, audience, now = Date.now } = options;
  const clockTolerance = options.clockToleranceSeconds ?? CLOCK_TOLERANCE_SECONDS_DEFAULT;
  const keys = new Map(options.keys.keys.map((key) => [key.kid, importPublicKey(key)]));
  const verified = new LRUCache<string, AccessToken>({
    max: options.cacheMax ?? CACHE_MAX_DEFAULT,
  });
  const hasEnded = ({ expireTime }: AccessToken) =>
    expireTime.getTime() <= now() - clockTolerance * 1_000;

  const verifyUncached = async (token: string): Promise<AccessToken> => {
    checkSpelling(token);
    const { payload } = await jwtVerify(token, (header) => keyOf(header, keys), {
      algorithms: [ACCESS_TOKEN_ALGORITHM],
      typ: ACCESS_TOKEN_TYPE,
      issuer,
      audience,
      clockTolerance,
      maxTokenAge: LIFETIME_SECONDS_MAX, // it also refuses a token that was signed in the future
      currentDate: new Date(now()),
      requiredClaims: ["sub", "sid", "iat", "exp"],
    });
    return toAccessToken(payload, token);
  };

  return {
    verify: async (token) => {
      if (token.length > TOKEN_CHARACTERS_MAX) {
        throw invalid(
          new Error(`it has ${token.length} characters, above ${TOKEN_CHARACTERS_MAX}`),
        );
      }
      const digest = hash("sha256", token, "base64url");
      const known = verified.get(digest);
      if (known !== undefined) {
        if (!hasEnded(known)) {
          return known;
        }
        verified.delete(digest);
        throw invalid(new Error("it has expired"));
      }
      try {
        const accessToken = await verifyUncached(token);
        verified.set(digest, accessToken);
        return accessToken;
      } catch (cause) {
        throw invalid(cause);
      }
    },
  };
}

/**
 * Throws unless the token is spelled as the signer spells it: three parts in base64url, each in its
 * one shortest form, and the first two of them JSON without blanks or repeated members. Otherwise
 * one token would have many spellings, and two readers could read two things out of one.
 */
function checkSpelling(token: string): void {
  const parts = token.split(".");
  const [header = "", claims = "", signature = ""] = parts.map((part) =>
    Buffer.from(part, "base64url"),
  );
  const isCanonical =
    parts.length === 3 &&
    [header, claims, signature].map((bytes) => bytes.toString("base64url")).join(".") === token;
  if (!isCanonical) throw new Error("it is not three parts in base64url");
  for (const text of [String(header), String(claims)]) {
    if (JSON.stringify(JSON.parse(text)) !== text) throw new Error("its JSON is not the shortest");
  }
}

/** Returns the key that a header names. The header has what the signer writes, and nothing else. */
function keyOf(header: JWTHeaderParameters, keys: ReadonlyMap<string, KeyObject>): KeyObject {
  const { alg, typ, kid, ...others } = header;
  if (Object.keys(others).length > 0 || alg !== ACCESS_TOKEN_ALGORITHM || typ !== ACCESS_TOKEN_TYPE)
    throw new Error("its header is not the signer's");
  const key = typeof kid === "string" ? keys.get(kid) : undefined;
  if (key === undefined) throw new Error("it names no known key");
  return key;
}

function toAccessToken(
  { sub, sid, aud, iat, exp, operator }: JWTPayload,
  token: string,
): AccessToken {
  if (typeof sub !== "string" || !isId(sub) || typeof sid !== "string" || !isId(sid)) {
    throw new Error("its claims sub and sid must be ids");
  }
  if (typeof aud !== "string") throw new Error("its claim aud must be a text");
  const lifetimeSeconds = isSecond(iat) && isSecond(exp) ? exp - iat : 0;
  if (lifetimeSeconds <= 0 || lifetimeSeconds > LIFETIME_SECONDS_MAX) {
    throw new Error("its claims iat and exp must be whole seconds, at most a day apart");
  }
  return {
    subject: sub,
    sessionId: sid,
    operator: operator === true,
    expireTime: new Date(Number(exp) * 1_000),
    token,
  };
}

function isSecond(claim: unknown): claim is number {
  return Number.isSafeInteger(claim);
}

function invalid(cause: unknown): InvalidAccessToken {
  return new InvalidAccessToken("The access token is not valid, or no longer: sign in again.", {
    cause,
  });
}
