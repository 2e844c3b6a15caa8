import { status } from "@grpc/grpc-js";
import { type RpcError, refusal } from "#contract/rpc-error.ts";
import { InvalidAccessToken } from "./access-token.ts";
import { createAccessTokenVerifier } from "./access-token-verifier.ts";
import { parseBearer } from "./bearer.ts";
import { ANONYMOUS, type Caller, callerOf } from "./caller.ts";
import type { Jwks } from "./keys.ts";

/** The issuer of access tokens: their `iss`. */
export const ACCESS_TOKEN_ISSUER = "triptych";
/** The audience of access tokens: their `aud`. */
export const ACCESS_TOKEN_AUDIENCE = "triptych";

/**
 * Returns the caller of an `authorization` header. Without a header the caller is anonymous. A bad
 * header is never treated as none: throws an {@link RpcError}, UNAUTHENTICATED.
 */
export type Authenticate = (authorization: string | undefined) => Promise<Caller>;

/** Returns the function that authenticates callers, by the public keys alone. */
export function createAuthenticator(keys: Jwks): Authenticate {
  const verifier = createAccessTokenVerifier({
    keys,
    issuer: ACCESS_TOKEN_ISSUER,
    audience: ACCESS_TOKEN_AUDIENCE,
  });

  return async function authenticate(authorization) {
    if (authorization === undefined) return ANONYMOUS;
    const token = parseBearer(authorization);
    if (token === undefined) {
      throw unauthenticated("The authorization header must be: Bearer <access token>.");
    }
    try {
      return callerOf(await verifier.verify(token));
    } catch (thrown) {
      if (thrown instanceof InvalidAccessToken) throw unauthenticated(thrown.message, thrown);
      throw thrown;
    }
  };
}

function unauthenticated(message: string, cause?: unknown): RpcError {
  return refusal(status.UNAUTHENTICATED, message, { reason: "UNAUTHENTICATED", cause });
}
