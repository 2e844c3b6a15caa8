import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createLogger } from "#telemetry/logger.ts";
import { createMetrics } from "#telemetry/metrics.ts";
import { createTestDatabase } from "#testing/test-database.ts";
import { migrate } from "./migrate.ts";
import { createServiceDatabase, prepareServiceDatabase } from "./service-database.ts";

describe("a service's database", () => {
  test("logs each change of whether it takes writes once, and shows it as a metric", async () => {
    const written: string[] = [];
    const destination = { write: (line: string) => void written.push(line) };
    const metrics = createMetrics({ service: "images" });
    const database = createServiceDatabase({
      name: "images",
      url: "postgres://nobody@127.0.0.1:1/none",
      poolMax: 1,
      failurePolicy: "on",
      metrics,
      logger: createLogger({ service: "images", level: "info", destination }),
    });
    const gauge = async () => (await metrics.readOnly.get()).values.map(({ value }) => value);

    expect(await gauge()).toEqual([0]);
    database.readOnly.set(true);
    database.readOnly.set(true);
    expect(await gauge()).toEqual([1]);
    database.readOnly.set(false);
    expect(await gauge()).toEqual([0]);
    expect(written.map((line) => JSON.parse(line))).toMatchObject([
      { level: "warn", message: "writes are refused", operator: true, primary: "writable" },
      { level: "info", message: "writes are taken again", operator: false },
    ]);
    await database.close();
  });
});

describe("the preparation of a service's database", () => {
  test("that waits for migrations runs none, and ends once somebody has", async () => {
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
