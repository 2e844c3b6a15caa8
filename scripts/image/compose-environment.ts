import { makeAccessTokenKeys, makeDatabaseSecrets } from "#k8s/secrets.ts";

/**
 * For each secret that `compose.yaml` reads from its environment: the object of Kubernetes that
 * contains it, and the key in that object.
 */
const PLACES = {
  ACCESS_TOKEN_PRIVATE_KEY: ["access-token-private-key", "jwk"],
  ACCESS_TOKEN_PUBLIC_KEYS: ["access-token-public-keys", "jwks"],
  USERS_DATABASE_PASSWORD: ["users-database-app", "password"],
  IMAGES_DATABASE_PASSWORD: ["images-database-app", "password"],
  COMMENTS_DATABASE_PASSWORD: ["comments-database-app", "password"],
} as const;

/** A value for each variable. */
export type ComposeEnvironment = Readonly<Record<keyof typeof PLACES, string>>;

/**
 * Creates new secrets: a key that signs access tokens, its public half, and a password for each
 * database.
 */
export function makeComposeEnvironment(): ComposeEnvironment {
  const objects = [...makeAccessTokenKeys(), ...makeDatabaseSecrets()];
  const values = Object.entries(PLACES).map(([variable, [name, key]]) => {
    const found = objects.find(({ metadata }) => metadata.name === name);
    const value = { ...found?.data, ...found?.stringData }[key];
    if (value === undefined) throw new Error(`there is no ${key} in ${name}`);
    return [variable, value];
  });
  return Object.fromEntries(values);
}

/** Formats them for Docker Compose, which expands nothing in single quotes. */
export function formatComposeEnvironment(environment: ComposeEnvironment): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join("");
}
