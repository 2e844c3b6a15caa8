import { randomBytes, randomUUID } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateKeyPair } from "@triptych/chassis/identity/keys";
import { errorCode } from "#errors/error-code.ts";
import { SERVICES, type ServiceName } from "#parts/part-names.ts";

/** The random bytes of a password, which become 32 characters. */
const PASSWORD_BYTES = 24;

/** The secrets that the stack creates at its first start and stores. */
export interface StackSecrets {
  /** Signs access tokens: a JSON Web Key, as JSON. Only users gets it. */
  readonly signingKey: string;
  /** Verifies access tokens: a JSON Web Key Set, as JSON. */
  readonly publicKeys: string;
  readonly databasePasswords: Readonly<Record<ServiceName, string>>;
}

/** Reads the secrets from their folder, and creates those that are missing. */
export async function openStackSecrets(folder: string): Promise<StackSecrets> {
  const signingKey = await readOrCreate(join(folder, "access-token.jwk"), createSigningKey);
  const { d: _private, ...publicKey } = JSON.parse(signingKey);
  const passwords = SERVICES.map(async (service) => {
    const path = join(folder, `${service}-database.password`);
    return [service, await readOrCreate(path, createPassword)] as const;
  });
  return {
    signingKey,
    publicKeys: JSON.stringify({ keys: [publicKey] }),
    databasePasswords: Object.fromEntries(await Promise.all(passwords)) as Record<
      ServiceName,
      string
    >,
  };
}

/** Writes under another name first: a start that is interrupted leaves no half of a key. */
async function readOrCreate(path: string, create: () => string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
  }
  const value = create();
  await writeFile(`${path}.new`, `${value}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return value;
}

function createSigningKey(): string {
  return JSON.stringify(generateKeyPair(randomUUID()).privateJwk);
}

function createPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString("base64url");
}
