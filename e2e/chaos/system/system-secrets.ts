import { generateKeyPairSync, randomBytes } from "node:crypto";

/** The secrets that the processes share. */
export interface SystemSecrets {
  /** Signs access tokens: a JSON Web Key, as JSON. */
  readonly signingKey: string;
  /** Verifies access tokens: a JSON Web Key Set, as JSON. */
  readonly publicKeys: string;
  readonly databasePassword: string;
}

const PASSWORD_BYTES = 24;

/** Creates the secrets of one run. */
export function createSystemSecrets(): SystemSecrets {
  const { kty, crv, x, d } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const publicKey = { kty, crv, x, kid: "chaos" };
  return {
    signingKey: JSON.stringify({ ...publicKey, d }),
    publicKeys: JSON.stringify({ keys: [publicKey] }),
    databasePassword: randomBytes(PASSWORD_BYTES).toString("base64url"),
  };
}
