import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createLogger } from "#telemetry/logger.ts";
import { createTestDatabase } from "#testing/test-database.ts";
import { migrate } from "./migrate.ts";
import { prepareServiceDatabase } from "./prepare-service-database.ts";

describe("the preparation of a service's database", () => {
  test("that awaits migrations runs none, and ends once another process has", async () => {
    const folder = await mkdtemp(join(tmpdir(), "triptych-migrations-"));
    await mkdir(join(folder, "empty"));
    await using test = await createTestDatabase({ migrations: join(folder, "empty") });
    await writeFile(join(folder, "0001_a.sql"), "create table a (id int);");
    const waiting = Promise.withResolvers<string>();
    const logger = createLogger({
      service: "images",
      level: "info",
      destination: { write: (line: string) => waiting.resolve(line) },
    });
    let ready = false;
    const prepared = prepareServiceDatabase(
      { url: test.url, migrations: pathToFileURL(`${folder}/`), mode: "await", logger },
      new AbortController().signal,
    ).then(() => {
      ready = true;
    });
    expect(await waiting.promise).toContain("these migrations have not run yet: 0001_a");
    expect(ready).toBe(false);
    expect(await migrate({ url: test.url, directory: folder })).toEqual(["0001_a"]);
    await prepared;
    await rm(folder, { recursive: true });
  });
});
