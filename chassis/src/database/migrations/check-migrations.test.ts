import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseOutdated, DatabaseUnavailable } from "#database/database-error.ts";
import { createTestDatabase, type TestDatabase } from "#testing/test-database.ts";
import { checkMigrations } from "./check-migrations.ts";
import { migrate } from "./migrate.ts";

describe("the check of migrations", () => {
  let folder: string;
  let testDatabase: TestDatabase;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "triptych-migrations-"));
    await mkdir(join(folder, "empty"));
    testDatabase = await createTestDatabase({ migrations: join(folder, "empty") });
    await writeFile(join(folder, "0001_a.sql"), "create table a (id int);");
  });
  afterEach(async () => {
    await testDatabase.drop();
    await rm(folder, { recursive: true });
  });

  const check = () => checkMigrations({ url: testDatabase.url, directory: folder });

  test("names the migrations that have not run, and runs none", async () => {
    await writeFile(join(folder, "0002_b.sql"), "create table b (id int);");
    for (const _ of [1, 2]) {
      await expect(check()).rejects.toThrow(
        new DatabaseOutdated("these migrations have not run yet: 0001_a, 0002_b"),
      );
    }
  });

  test("passes once they have run, also if others of a later version have", async () => {
    await writeFile(join(folder, "0002_later.sql"), "create table b (id int);");
    await migrate({ url: testDatabase.url, directory: folder });
    await expect(check()).resolves.toBeUndefined();
    await rm(join(folder, "0002_later.sql"));
    await expect(check()).resolves.toBeUndefined();
  });

  test("fails with DatabaseUnavailable if nothing listens there", async () => {
    const url = "postgres://nobody:x@127.0.0.1:1/nothing";
    await expect(checkMigrations({ url, directory: folder })).rejects.toThrow(DatabaseUnavailable);
  });
});
