import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { eventually } from "#testing/eventually.ts";
import { createTestDatabase, type TestDatabase } from "#testing/test-database.ts";

const FIXTURE = fileURLToPath(new URL("run-migrations.fixture.ts", import.meta.url));

describe("the process that migrates a database", () => {
  let folder: string;
  let testDatabase: TestDatabase;
  let client: pg.Client;
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "triptych-migrations-"));
    await mkdir(join(folder, "empty"));
    testDatabase = await createTestDatabase({ migrations: join(folder, "empty") });
    client = new pg.Client({
      connectionString: testDatabase.url,
      application_name: "run-migrations.test",
    });
    await client.connect();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    await client.end();
    await testDatabase.drop();
    await rm(folder, { recursive: true });
  });

  function start(environment: Record<string, string> = {}) {
    const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", FIXTURE], {
      env: { DATABASE_URL: testDatabase.url, MIGRATIONS_FOLDER: folder, ...environment },
    });
    children.push(child);
    const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]).then(
      ([output, errors, [code]]) => ({ code, output, errors }),
    );
    return { child, ended };
  }

  const write = (name: string, sql: string) => writeFile(join(folder, name), sql);
  async function ask(sql: string): Promise<readonly unknown[]> {
    return (await client.query<{ answer: unknown }>(sql)).rows.map(({ answer }) => answer);
  }
  const done = () => ask("select name as answer from migrations order by name");

  test("exits with 0 once all have run, and logs each; several processes run each once", async () => {
    await write("0001_a.sql", "select pg_sleep(0.2); create table a (id int);");
    await write("0002_b.sql", "create table b (id int);");
    const endings = await Promise.all([1, 2, 3].map(() => start().ended));
    expect(endings.map(({ code, errors }) => [code, errors])).toEqual(
      [0, 0, 0].map((c) => [c, ""]),
    );
    expect(await done()).toEqual(["0001_a", "0002_b"]);
    const lines = endings.flatMap(({ output }) => output.match(/"message":"[^"]+"/g) ?? []);
    expect(lines.filter((line) => line.includes("migration 0"))).toHaveLength(2);
    expect(lines.filter((line) => line.includes("is up to date"))).toHaveLength(3);
  });

  test("lifts the timeouts that the role has for requests", async () => {
    const [database] = await ask("select current_database() as answer");
    await client.query(`alter database ${database} set statement_timeout = '20ms'`);
    await write("0001_a.sql", "select pg_sleep(0.2); create table a (id int);");
    expect((await start().ended).code).toBe(0);
    expect(await done()).toEqual(["0001_a"]);
  });

  test("exits with 1 and names the file that failed", async () => {
    await write("0001_a.sql", "create table a (id int);");
    await write("0002_b.sql", "select * from nowhere;");
    const { code, errors } = await start().ended;
    expect(errors).toBe(
      'fixture-migrate failed: migration 0002_b.sql failed: relation "nowhere" does not exist.\n',
    );
    expect([code, await done()]).toEqual([1, ["0001_a"]]);
  });

  test("exits with 78 without a database to migrate", async () => {
    const { code, errors } = await start({ DATABASE_URL: "" }).ended;
    expect([code, errors]).toEqual([78, expect.stringContaining("DATABASE_URL is not set")]);
  });

  test("waits for a database that is unavailable, and ends when it is told to", async () => {
    const { child, ended } = start({ DATABASE_URL: "postgres://nobody:x@127.0.0.1:1/nothing" });
    child.stdout.once("data", () => child.kill("SIGTERM"));
    const { code, output, errors } = await ended;
    expect(output).toContain("the database is not ready yet");
    expect([code, errors]).toEqual([1, expect.stringContaining("told to end before it was done")]);
  });

  test("rolls back when it is told to end, and leaves no lock", async () => {
    // Otherwise Postgres checks by itself, every two seconds here, whether its client is there.
    const [database] = await ask("select current_database() as answer");
    await client.query(`alter database ${database} set client_connection_check_interval = 0`);
    await write("0001_a.sql", "create table a (id int); select pg_sleep(600);");
    const { child, ended } = start();
    const sleeping = () =>
      ask(
        "select query as answer from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'",
      );
    await eventually(async () => (await sleeping()).length === 1);
    child.kill("SIGTERM");
    expect((await ended).code).toBe(1);
    await eventually(async () => (await sleeping()).length === 0);
    expect(await done()).toEqual([]);
    await write("0001_a.sql", "create table a (id int);");
    expect((await start().ended).code).toBe(0);
  });
});
