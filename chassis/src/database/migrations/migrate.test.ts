import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createDatabase, type Database } from "#database/database.ts";
import { DatabaseUnavailable } from "#database/database-error.ts";
import { createTestDatabase, type TestDatabase } from "#testing/test-database.ts";
import { migrate } from "./migrate.ts";

const SELECT_TABLES = {
  name: "select_tables",
  text: "select tablename from pg_tables where schemaname = 'public' order by 1",
} as const;

describe("migrate", () => {
  let folder: string;
  let empty: string;
  let testDatabase: TestDatabase;
  let database: Database;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "triptych-migrations-"));
    empty = join(folder, "empty");
    await mkdir(empty);
    testDatabase = await createTestDatabase({ migrations: empty });
    database = createDatabase({
      url: testDatabase.url,
      applicationName: "migrate.test",
      poolMax: 1,
      readAttemptsMax: 4,
      acquireTimeoutMs: 1_000,
      statementTimeoutMs: 1_000,
    });
  });

  afterEach(async () => {
    await database.close();
    await testDatabase.drop();
    await rm(folder, { recursive: true });
  });

  async function tables(): Promise<readonly string[]> {
    const { rows } = await database.for("").write<{ tablename: string }>(SELECT_TABLES);
    return rows.map(({ tablename }) => tablename);
  }

  test("runs files by number, once, and returns their names", async () => {
    await writeFile(join(folder, "0010_b.sql"), "alter table a rename to b;");
    await writeFile(
      join(folder, "0002_a.sql"),
      "create table a (id int); insert into a values (1);",
    );
    await writeFile(join(folder, "README.md"), "not a migration");
    const told: string[] = [];
    const options = { url: testDatabase.url, directory: pathToFileURL(`${folder}/`) };
    const log = (message: string) => told.push(message);
    expect(await migrate({ ...options, log })).toEqual(["0002_a", "0010_b"]);
    expect(told).toEqual(["migration 0002_a", "migration 0010_b"]);
    expect(await migrate(options)).toEqual([]);
    expect(await tables()).toEqual(["b", "migrations"]);
  });

  test("runs each migration once if several processes start together", async () => {
    const sql = "select pg_sleep(0.2); create table a (id int);";
    await writeFile(join(folder, "0001_a.sql"), sql);
    const options = { url: testDatabase.url, directory: folder };
    const done = await Promise.all([1, 2, 3, 4].map(() => migrate(options)));
    expect(done.flat()).toEqual(["0001_a"]);
  });

  test("names the file that failed, rolls it back, and keeps those before it", async () => {
    await writeFile(join(folder, "0001_a.sql"), "create table a (id int);");
    await writeFile(join(folder, "0002_b.sql"), "create table b (id int);\nselect * from nowhere;");
    const options = { url: testDatabase.url, directory: folder };
    await expect(migrate(options)).rejects.toThrow(
      'migration 0002_b.sql failed: relation "nowhere" does not exist',
    );
    expect(await tables()).toEqual(["a", "migrations"]);
    await writeFile(join(folder, "0002_b.sql"), "create table b (id int);");
    expect(await migrate(options)).toEqual(["0002_b"]);
  });

  test("refuses a file that was added before one that has run", async () => {
    await writeFile(join(folder, "0002_b.sql"), "create table b (id int);");
    const options = { url: testDatabase.url, directory: folder };
    await migrate(options);
    await writeFile(join(folder, "0001_a.sql"), "create table a (id int);");
    await expect(migrate(options)).rejects.toThrow(
      "0001_a is preceding already run migration 0002_b",
    );
  });

  test("runs no migration again if the file of one that has run is gone", async () => {
    await writeFile(join(folder, "0001_a.sql"), "create table a (id int);");
    await writeFile(join(folder, "0002_b.sql"), "create table b (id int);");
    const options = { url: testDatabase.url, directory: folder };
    await migrate(options);
    await rm(join(folder, "0002_b.sql"));
    expect(await migrate(options)).toEqual([]);
    await writeFile(join(folder, "0003_c.sql"), "create table c (id int);");
    await expect(migrate(options)).rejects.toThrow("0003_c");
    expect(await tables()).toEqual(["a", "b", "migrations"]);
  });

  test("fails with DatabaseUnavailable if nothing listens there", async () => {
    const url = "postgres://nobody:x@127.0.0.1:1/nothing";
    await expect(migrate({ url, directory: folder })).rejects.toThrow(DatabaseUnavailable);
  });
});
