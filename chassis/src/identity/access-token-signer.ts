import { SignJWT } from "jose";
import { ACCESS_TOKEN_ALGORITHM, ACCESS_TOKEN_TYPE } from "./access-token.ts";
import { importPrivateKey, type PrivateJwk } from "./keys.ts";

/** The options of a signer. */
interface AccessTokenSignerOptions {
  readonly privateJwk: PrivateJwk;
  readonly issuer: string;
  readonly audience: string;
  readonly lifetimeSeconds: number;
  /** The clock, in milliseconds since 1970; `Date.now` if not given. */
  readonly now?: () => number;
}

/** A token, and its expiry. */
interface SignedAccessToken {
  readonly token: string;
  readonly expireTime: Date;
}

/** The subject of a token. */
interface AccessTokenSubject {
  readonly subject: string;
  readonly sessionId: string;
  /** Whether the user is an operator of the system; false if not given. */
  readonly operator?: boolean;
}

/** Signs access tokens. */
interface AccessTokenSigner {
  /** Signs a token for a user's session. */
  readonly sign: (session: AccessTokenSubject) => Promise<SignedAccessToken>;
}

/** Returns the signer of access tokens. Throws if the key is no Ed25519 private key. */
export function createAccessTokenSigner(options: AccessTokenSignerOptions): AccessTokenSigner {
  const { privateJwk, issuer, audience, lifetimeSeconds, now = Date.now } = options;
  const key = importPrivateKey(privateJwk);
  const header = { alg: ACCESS_TOKEN_ALGORITHM, typ: ACCESS_TOKEN_TYPE, kid: privateJwk.kid };

  return {
    sign: async ({ subject, sessionId, operator = false }) => {
      const issuedAtSeconds = Math.floor(now() / 1_000);
      const expiresAtSeconds = issuedAtSeconds + lifetimeSeconds;
      const token = await new SignJWT({ sid: sessionId, ...(operator && { operator }) })
        .setProtectedHeader(header)
        .setSubject(subject)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(issuedAtSeconds)
        .setExpirationTime(expiresAtSeconds)
        .sign(key);
      return { token, expireTime: new Date(expiresAtSeconds * 1_000) };
    },
  };
}
