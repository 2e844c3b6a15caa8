import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseJwks, parsePrivateJwk } from "@triptych/chassis/identity/keys";
import { openStackSecrets } from "./stack-secrets.ts";

describe("openStackSecrets", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "stack-secrets-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  test("creates keys and passwords once, and returns the same ones afterwards", async () => {
    const first = await openStackSecrets(folder);
    expect(await openStackSecrets(folder)).toEqual(first);
    const { users, images, comments } = first.databasePasswords;
    expect(new Set([users, images, comments]).size).toBe(3);
  });

  test("creates a signing key that the services can read, without its private half in the public set", async () => {
    const { signingKey, publicKeys } = await openStackSecrets(folder);
    const { kid } = parsePrivateJwk(JSON.parse(signingKey));
    expect(parseJwks(JSON.parse(publicKeys)).keys.map((key) => key.kid)).toEqual([kid]);
  });

  test("closes the secrets' files to all other users", async () => {
    await openStackSecrets(folder);
    for (const name of await readdir(folder)) {
      expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    }
  });
});
