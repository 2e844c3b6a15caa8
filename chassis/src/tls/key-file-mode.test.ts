import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findOpenMode } from "./key-file-mode.ts";

describe("the mode of a key's file", () => {
  let path: string;

  beforeAll(async () => {
    path = join(await mkdtemp(join(tmpdir(), "triptych-key-")), "key.pem");
    await writeFile(path, "a key");
  });
  afterAll(() => rm(join(path, ".."), { recursive: true }));

  test.each([0o600, 0o400, 0o700])("may be %o", async (mode) => {
    await chmod(path, mode);
    expect(await findOpenMode(path)).toBeUndefined();
  });

  test.each([0o644, 0o640, 0o604, 0o620, 0o777])("lets others read at %o", async (mode) => {
    await chmod(path, mode);
    const warning = `other users may read ${path} (its mode is ${mode.toString(8)}): chmod 600 ${path}`;
    expect(await findOpenMode(path)).toBe(warning);
  });
});
