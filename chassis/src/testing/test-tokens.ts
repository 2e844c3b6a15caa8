import { createAccessTokenSigner } from "#identity/access-token-signer.ts";
import { ACCESS_TOKEN_AUDIENCE, ACCESS_TOKEN_ISSUER } from "#identity/authenticate.ts";
import { generateKeyPair, type Jwks, type PrivateJwk } from "#identity/keys.ts";
import { newId } from "#ids/new-id.ts";

const LIFETIME_SECONDS = 600;

/** The options of a test's token. */
export interface TestTokenOptions {
  /** The session's id; a new one if not given. */
  readonly sessionId?: string;
  /** True returns a token of an operator. */
  readonly operator?: boolean;
  /** True returns a token that expired an hour ago. */
  readonly expired?: boolean;
}

/** Access tokens for tests, and the settings of a verifier that accepts them. */
export interface TestTokens {
  readonly jwks: Jwks;
  readonly privateJwk: PrivateJwk;
  readonly issuer: string;
  readonly audience: string;
  /** Signs a token for the user. */
  readonly tokenFor: (userId: string, options?: TestTokenOptions) => Promise<string>;
}

/** Returns a new key, and tokens signed with it. */
export function createTestTokens(): TestTokens {
  const { privateJwk, publicJwks } = generateKeyPair("test");
  const issuer = ACCESS_TOKEN_ISSUER;
  const audience = ACCESS_TOKEN_AUDIENCE;
  const signing = { privateJwk, issuer, audience, lifetimeSeconds: LIFETIME_SECONDS };
  const signer = createAccessTokenSigner(signing);
  const lateSigner = createAccessTokenSigner({ ...signing, now: () => Date.now() - 4_200_000 });

  return {
    jwks: publicJwks,
    privateJwk,
    issuer,
    audience,
    tokenFor: async (userId, options = {}) => {
      const { sessionId = newId(), operator = false, expired = false } = options;
      const subject = { subject: userId, sessionId, operator };
      const { token } = await (expired ? lateSigner : signer).sign(subject);
      return token;
    },
  };
}
