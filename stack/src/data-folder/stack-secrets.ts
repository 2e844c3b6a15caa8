import { randomBytes, randomUUID } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generateKeyPair, type PrivateJwk, parsePrivateJwk } from "@triptych/chassis/identity/keys";
import { describeReadError } from "@triptych/chassis/tls/certificates";
import { findOpenMode } from "@triptych/chassis/tls/key-file-mode";
import { errorCode } from "#errors/error-code.ts";
import { StackError } from "#errors/stack-error.ts";
import { SERVICES, type ServiceName } from "#parts/part-names.ts";

/** The random bytes of a password, which become 32 characters. */
const PASSWORD_BYTES = 24;
/** A word that needs no escapes in a url. */
const PASSWORD = /^[\w-]{16,}$/;

/** The secrets that the stack creates at its first start and stores. */
export interface StackSecrets {
  /** Signs access tokens: a JSON Web Key, as JSON. Only users gets it. */
  readonly signingKey: string;
  /** Verifies access tokens: a JSON Web Key Set, as JSON. */
  readonly publicKeys: string;
  readonly databasePasswords: Readonly<Record<ServiceName, string>>;
}

/**
 * Reads the secrets from their folder, and creates those that are missing. `warn` receives a line
 * for each that other users may read. Throws StackError that names the file of an unusable one, and
 * shows nothing of it.
 */
export async function openStackSecrets(
  folder: string,
  warn: (line: string) => void,
): Promise<StackSecrets> {
  const keyPath = join(folder, "access-token.jwk");
  const signingKey = await readOrCreate(keyPath, createSigningKey, warn);
  const { d: _private, ...publicKey } = parseSigningKey(keyPath, signingKey);
  const passwords = SERVICES.map(async (service) => {
    const path = join(folder, `${service}-database.password`);
    const password = await readOrCreate(path, createPassword, warn);
    if (PASSWORD.test(password)) return [service, password] as const;
    throw new StackError(
      `The password in ${path} is empty, cut or not one word: remove the file, and the next start creates a new one.`,
    );
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
async function readOrCreate(
  path: string,
  create: () => string,
  warn: (line: string) => void,
): Promise<string> {
  try {
    const text = (await readFile(path, "utf8")).trim();
    const warning = await findOpenMode(path);
    if (warning !== undefined) warn(`Warning: ${warning}`);
    return text;
  } catch (cause) {
    if (errorCode(cause) !== "ENOENT") {
      throw new StackError(`The secret ${path} cannot be read: ${describeReadError(cause)}.`, {
        cause,
      });
    }
  }
  const value = create();
  await writeFile(`${path}.new`, `${value}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return value;
}

/** Never with the parser's own message, which quotes the text. */
function parseSigningKey(path: string, text: string): PrivateJwk {
  const unusable = (reason: string) =>
    new StackError(
      `The key in ${path} cannot be used: ${reason}. Restore it from a backup, or remove the file: the next start creates a new key, and all access tokens become invalid.`,
    );
  if (text === "") throw unusable("the file is empty");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unusable("it is cut, or no JSON Web Key");
  }
  try {
    return parsePrivateJwk(value);
  } catch (error) {
    throw unusable(error instanceof Error ? error.message : "it is no private key");
  }
}

function createSigningKey(): string {
  return JSON.stringify(generateKeyPair(randomUUID()).privateJwk);
}

function createPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString("base64url");
}
