import { createPrivateKey, createPublicKey, type JsonWebKey } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import { LRUCache } from "lru-cache";
import { Problem } from "./problem.ts";

/** A key that signs access tokens. */
export interface SigningKey extends JsonWebKey {
  readonly kid?: string;
}

/** The user and the session that a token is for. */
export interface TokenSubject {
  readonly userId: string;
  readonly sessionId: string;
}

/** Signs and verifies Triptych's access tokens. */
export interface AccessTokens {
  sign(subject: TokenSubject, lifetimeSeconds: number): Promise<string>;
  /** Returns the user id of a token that was verified before; undefined for any other. */
  known(token: string): string | undefined;
  /** Returns the user id of a token. Throws UNAUTHENTICATED. */
  verify(token: string): Promise<string>;
}

const ALGORITHM = "EdDSA";
const TYPE = "at+jwt";
/** Both the issuer and the audience. */
const SYSTEM = "triptych";
const CACHE_MAX = 10_000;

interface Verified {
  readonly userId: string;
  readonly expireMs: number;
}

/** Verified tokens are cached until they expire, since verifying takes about 300 µs. */
export function createAccessTokens(signingKey: SigningKey): AccessTokens {
  const privateKey = createPrivateKey({ key: signingKey, format: "jwk" });
  const publicKey = createPublicKey(privateKey);
  const verified = new LRUCache<string, Verified>({ max: CACHE_MAX });

  return {
    sign: ({ userId, sessionId }, lifetimeSeconds) => {
      const now = Math.floor(Date.now() / 1_000);
      return new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: signingKey.kid })
        .setSubject(userId)
        .setIssuer(SYSTEM)
        .setAudience(SYSTEM)
        .setIssuedAt(now)
        .setExpirationTime(now + lifetimeSeconds)
        .sign(privateKey);
    },
    known(token) {
      const found = verified.get(token);
      return found !== undefined && found.expireMs > Date.now() ? found.userId : undefined;
    },
    async verify(token) {
      const { payload } = await jwtVerify(token, publicKey, {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer: SYSTEM,
        audience: SYSTEM,
        requiredClaims: ["sub", "sid", "iat", "exp"],
      }).catch(() => {
        throw new Problem("UNAUTHENTICATED");
      });
      const { sub: userId = "", exp = 0 } = payload;
      verified.set(token, { userId, expireMs: exp * 1_000 });
      return userId;
    },
  };
}
