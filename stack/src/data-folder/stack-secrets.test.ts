import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKeyPair, parseJwks, parsePrivateJwk } from "@triptych/chassis/identity/keys";
import { StackError } from "#errors/stack-error.ts";
import { openStackSecrets } from "./stack-secrets.ts";

describe("openStackSecrets", () => {
  let folder: string;
  const warnings: string[] = [];
  const warn = (line: string) => warnings.push(line);
  beforeEach(async () => {
    warnings.length = 0;
    folder = await mkdtemp(join(tmpdir(), "stack-secrets-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  test("creates keys and passwords once, and returns the same ones afterwards", async () => {
    const first = await openStackSecrets(folder, warn);
    expect(await openStackSecrets(folder, warn)).toEqual(first);
    const { users, images, comments } = first.databasePasswords;
    expect(new Set([users, images, comments]).size).toBe(3);
  });

  test("creates a signing key that the services can read, without its private half in the public set", async () => {
    const { signingKey, publicKeys } = await openStackSecrets(folder, warn);
    const { kid } = parsePrivateJwk(JSON.parse(signingKey));
    expect(parseJwks(JSON.parse(publicKeys)).keys.map((key) => key.kid)).toEqual([kid]);
  });

  test("closes the secrets' files to all other users", async () => {
    await openStackSecrets(folder, warn);
    for (const name of await readdir(folder)) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    }
  });

  test("warns of secrets that other users may read, one line for each", async () => {
    await openStackSecrets(folder, warn);
    expect(warnings).toEqual([]);
    const [key, password] = ["access-token.jwk", "images-database.password"].map((name) =>
      join(folder, name),
    );
    await chmod(key ?? "", 0o644);
    await chmod(password ?? "", 0o660);
    await openStackSecrets(folder, warn);
    expect(warnings.toSorted()).toEqual([
      `Warning: other users may read ${key} (its mode is 644): chmod 600 ${key}`,
      `Warning: other users may read ${password} (its mode is 660): chmod 600 ${password}`,
    ]);
  });

  const { privateJwk, publicJwks } = generateKeyPair("one");
  const whole = JSON.stringify(privateJwk);
  test.each([
    ["empty", "", "the file is empty"],
    ["blank", " \n", "the file is empty"],
    ["cut", whole.slice(0, -20), "it is cut"],
    ["half of a value", JSON.stringify({ ...privateJwk, d: privateJwk.d.slice(5) }), "Ed25519"],
    ["a public key", JSON.stringify(publicJwks.keys[0]), "not a private key"],
    ["a set of keys", JSON.stringify(publicJwks), '"kty"'],
    ["of another kind", '{"kty":"RSA","kid":"a"}', '"kty"'],
    ["a PEM", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "no JSON Web Key"],
    ["null", "null", '"kty"'],
  ])("says in one sentence that a key is %s, and shows nothing of it", async (_, text, reason) => {
    const path = join(folder, "access-token.jwk");
    await writeFile(path, text, { mode: 0o600 });
    const error = await openStackSecrets(folder, warn).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StackError);
    const { message, cause } = error as StackError;
    expect(message).toContain(`The key in ${path} cannot be used: `);
    expect(message).toContain(reason);
    expect(message).not.toContain(privateJwk.d.slice(0, 10));
    expect(cause).toBeUndefined();
  });

  test("says in one sentence that a password is cut, or a folder stands in its place", async () => {
    const path = join(folder, "users-database.password");
    await writeFile(path, "\n", { mode: 0o600 });
    await expect(openStackSecrets(folder, warn)).rejects.toThrow(
      `The password in ${path} is empty, cut or not one word: remove the file`,
    );
    await rm(path);
    await mkdir(path);
    await expect(openStackSecrets(folder, warn)).rejects.toThrow(
      `The secret ${path} cannot be read: it is a folder.`,
    );
  });
});
