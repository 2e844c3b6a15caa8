import { createAccessTokenSigner } from "#identity/access-token-signer.ts";
import { ACCESS_TOKEN_AUDIENCE, ACCESS_TOKEN_ISSUER } from "#identity/authenticate.ts";
import { generateKeyPair, type Jwks, type PrivateJwk } from "#identity/keys.ts";

const LIFETIME_SECONDS = 600;

/** How a test's token differs from an ordinary one. */
export interface TestTokenOptions {
  /** The session; one made from the user's id if not given. */
  readonly sessionId?: string;
  /** True gives a token of somebody who runs the system. */
  readonly operator?: boolean;
  /** True gives a token that ended an hour ago. */
  readonly expired?: boolean;
}

/** Access tokens for tests, and what a verifier needs to take them. */
export interface TestTokens {
  readonly jwks: Jwks;
  readonly privateJwk: PrivateJwk;
  readonly issuer: string;
  readonly audience: string;
  /** Signs a token for the user. */
  readonly tokenFor: (userId: string, options?: TestTokenOptions) => Promise<string>;
}

/** Makes a key of the test's own, and tokens that are signed with it. */
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
      const { sessionId = `session-of-${userId}`, operator = false, expired = false } = options;
      const subject = { subject: userId, sessionId, operator };
      const { token } = await (expired ? lateSigner : signer).sign(subject);
      return token;
    },
  };
}
