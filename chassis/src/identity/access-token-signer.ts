import { SignJWT } from "jose";
import { ACCESS_TOKEN_ALGORITHM, ACCESS_TOKEN_TYPE } from "./access-token.ts";
import { importPrivateKey, type PrivateJwk } from "./keys.ts";

/** What tokens are signed with, and for whom. */
interface AccessTokenSignerOptions {
  readonly privateJwk: PrivateJwk;
  readonly issuer: string;
  readonly audience: string;
  readonly lifetimeSeconds: number;
  /** The clock, in milliseconds since 1970; `Date.now` if not given. */
  readonly now?: () => number;
}

/** A token, and when it ends. */
interface SignedAccessToken {
  readonly token: string;
  readonly expireTime: Date;
}

/** Whose token is signed. */
interface AccessTokenSubject {
  readonly subject: string;
  readonly sessionId: string;
  /** Whether the user runs the system; false if not given. */
  readonly operator?: boolean;
}

/** Gives access tokens out. */
interface AccessTokenSigner {
  /** Signs a token for a user's session. */
  readonly sign: (session: AccessTokenSubject) => Promise<SignedAccessToken>;
}

/** Makes the signer. Throws if the key is no Ed25519 private key. */
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
