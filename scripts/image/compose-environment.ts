import { generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";

/** The bytes of chance in a password; 32 characters once written. */
const PASSWORD_BYTES = 24;

/** The secrets that `compose.yaml` takes from its environment. */
export type ComposeEnvironment = Readonly<
  Record<
    | "ACCESS_TOKEN_PRIVATE_KEY"
    | "ACCESS_TOKEN_PUBLIC_KEYS"
    | "USERS_DATABASE_PASSWORD"
    | "IMAGES_DATABASE_PASSWORD"
    | "COMMENTS_DATABASE_PASSWORD",
    string
  >
>;

/** Makes new secrets: a key that signs access tokens, its public half, and a password for each database. */
export function makeComposeEnvironment(): ComposeEnvironment {
  const { d, ...key } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const publicKey = { ...key, kid: randomUUID() };
  return {
    ACCESS_TOKEN_PRIVATE_KEY: JSON.stringify({ ...publicKey, d }),
    ACCESS_TOKEN_PUBLIC_KEYS: JSON.stringify({ keys: [publicKey] }),
    USERS_DATABASE_PASSWORD: makePassword(),
    IMAGES_DATABASE_PASSWORD: makePassword(),
    COMMENTS_DATABASE_PASSWORD: makePassword(),
  };
}

/** Writes them as Docker Compose reads them: in single quotes nothing has a meaning. */
export function formatComposeEnvironment(environment: ComposeEnvironment): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join("");
}

function makePassword(): string {
  return randomBytes(PASSWORD_BYTES).toString("base64url");
}
