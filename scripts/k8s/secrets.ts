import { generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";

/** Random bytes of a password: 32 characters in base64. */
const PASSWORD_BYTES = 24;
const DATABASE_PORT = 5432;
const SERVICES = ["users", "images", "comments"];

/** An object that contains texts: a Secret, or a ConfigMap for texts that are public. */
export interface Holder {
  readonly apiVersion: "v1";
  readonly kind: "Secret" | "ConfigMap";
  readonly metadata: { readonly name: string };
  readonly stringData?: Readonly<Record<string, string>>;
  readonly data?: Readonly<Record<string, string>>;
}

/**
 * Creates the key pair of access tokens: the private half, for users only, and the public half.
 */
export function makeAccessTokenKeys(): readonly Holder[] {
  const { x, d } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const publicKey = { kty: "OKP", crv: "Ed25519", kid: randomUUID(), alg: "EdDSA", use: "sig", x };
  return [
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "access-token-private-key" },
      stringData: { jwk: JSON.stringify({ ...publicKey, d }) },
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "access-token-public-keys" },
      data: { jwks: JSON.stringify({ keys: [publicKey] }) },
    },
  ];
}

/**
 * Creates a password for each service's database, in Secrets of the form that CloudNativePG uses.
 */
export function makeDatabaseSecrets(): readonly Holder[] {
  return SERVICES.map((service) => {
    const host = `${service}-database`;
    const password = randomBytes(PASSWORD_BYTES).toString("base64url");
    return {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: `${host}-app` },
      stringData: {
        username: service,
        password,
        dbname: service,
        uri: `postgresql://${service}:${password}@${host}:${DATABASE_PORT}/${service}`,
      },
    };
  });
}
