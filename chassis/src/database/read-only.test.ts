import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { createTestDatabase, type TestDatabase } from "#testing/test-database.ts";
import type { Connection } from "./connection.ts";
import { createDatabase, type Database } from "./database.ts";
import { DatabaseReadOnly, DatabaseUnavailable } from "./database-error.ts";

const NAME = "read-only.test";
const SELECT_PLACE = { name: "select_place", text: "select name from place" } as const;
const INSERT = { name: "insert", text: "insert into place values ($1)" } as const;
const COUNT = { name: "count", text: "select from place where name = $1" } as const;

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error("the condition did not come true in 10 s");
    await delay(5);
  }
}

describe("a database that refuses writes", () => {
  let migrations: string;
  let primary: TestDatabase;
  let replica: TestDatabase;
  let observer: pg.Client;
  let database: Database;
  const changes: string[] = [];

  async function run(url: string, text: string): Promise<void> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(text);
    await client.end();
  }

  /** Ends the sessions that the database under test has open. */
  const endSessions = () =>
    observer.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1",
      [NAME],
    );

  /** Ends the session that runs a statement, as soon as there is one. */
  async function endSessionOf(text: string): Promise<void> {
    await until(async () => {
      const { rowCount } = await observer.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = $1 and query = $2 and state = 'active'`,
        [NAME, text],
      );
      return rowCount === 1;
    });
  }

  const alter = (change: string) => observer.query(`alter database ${primary.name} ${change}`);

  async function takeAway(): Promise<void> {
    await alter("allow_connections false");
    await endSessions();
  }

  function connect(replicaUrl?: string, readAttemptsMax = 4): void {
    database = createDatabase({
      url: primary.url,
      replicaUrl,
      applicationName: NAME,
      poolMax: 2,
      readAttemptsMax,
      acquireTimeoutMs: 2_000,
      statementTimeoutMs: 10_000,
      onReadOnlyChange: ({ primary: state, operator }) =>
        changes.push(operator ? "operator" : state),
    });
  }

  const read = async () => (await database.for("").read(SELECT_PLACE)).rows;
  const readCurrent = async () => (await database.for("").readCurrent(SELECT_PLACE)).rows;
  const insert = (name: string) => database.for("").write(INSERT, [name]);
  const insertTogether = (name: string) =>
    database.for("").transaction((connection) => connection.query(INSERT, [name]));
  const count = async (name: string) => (await database.for("").read(COUNT, [name])).rowCount;

  beforeAll(async () => {
    migrations = await mkdtemp(join(tmpdir(), "triptych-migrations-"));
    [primary, replica] = [
      await createTestDatabase({ migrations }),
      await createTestDatabase({ migrations }),
    ];
    for (const { url } of [primary, replica]) await run(url, "create table place (name text)");
    // Another database than the one that becomes unreachable.
    observer = new pg.Client({ connectionString: replica.url });
    await observer.connect();
  });
  beforeEach(async () => {
    changes.length = 0;
    await run(primary.url, "truncate place; insert into place values ('primary')");
    await run(replica.url, "truncate place; insert into place values ('replica')");
  });
  afterEach(async () => {
    await database.close();
    await alter("allow_connections true");
    await alter("reset default_transaction_read_only");
  });
  afterAll(async () => {
    await observer.end();
    await primary.drop();
    await replica.drop();
    await rm(migrations, { recursive: true });
  });

  test("is read from its replica while it is unreachable, and then from the primary again", async () => {
    connect(replica.url);
    expect(await read()).toEqual([{ name: "primary" }]);
    await takeAway();
    expect(await read()).toEqual([{ name: "replica" }]);
    await database.probe(10_000);
    await alter("allow_connections true");
    await until(() => database.readOnly.status().primary === "writable");
    expect(await read()).toEqual([{ name: "primary" }]);
    expect(changes).toEqual(["unreachable", "writable"]);
  });

  test("is not read from its replica if old data must not decide", async () => {
    connect(replica.url);
    await takeAway();
    const current = readCurrent();
    await until(() => database.readOnly.status().primary === "unreachable");
    await alter("allow_connections true");
    expect(await current).toEqual([{ name: "primary" }]);
  });

  test("refuses writes while it is unreachable, and accepts them when it is back", async () => {
    connect();
    await takeAway();
    await expect(insert("one")).rejects.toThrow(DatabaseReadOnly);
    await expect(insertTogether("two")).rejects.toThrow(DatabaseReadOnly);
    await alter("allow_connections true");
    await until(() => !database.readOnly.status().readOnly);
    await insert("three");
    expect([await count("one"), await count("two"), await count("three")]).toEqual([0, 0, 1]);
  });

  test("answers reads and refuses writes while the primary is read-only", async () => {
    connect();
    await alter("set default_transaction_read_only = on");
    await expect(insertTogether("one")).rejects.toThrow(DatabaseReadOnly);
    expect(await read()).toEqual([{ name: "primary" }]);
    await database.probe(10_000);
    await expect(insert("two")).rejects.toThrow(DatabaseReadOnly);
    expect(changes).toEqual(["read-only"]);
    await alter("reset default_transaction_read_only");
    await until(() => !database.readOnly.status().readOnly);
    await insert("three");
    expect(changes).toEqual(["read-only", "writable"]);
  });

  test("refuses writes for as long as an operator wants, and reports each change once", async () => {
    connect();
    database.readOnly.set(true);
    database.readOnly.set(true);
    expect(database.readOnly.status()).toEqual({
      readOnly: true,
      operator: true,
      primary: "writable",
    });
    await expect(insert("one")).rejects.toThrow(DatabaseReadOnly);
    await expect(insertTogether("two")).rejects.toThrow(DatabaseReadOnly);
    expect(await read()).toEqual([{ name: "primary" }]);
    database.readOnly.set(false);
    await insert("three");
    expect(changes).toEqual(["operator", "writable"]);
  });

  test("retries a transaction whose connection was lost before its commit", async () => {
    connect();
    let attempts = 0;
    await database.for("").transaction(async (connection) => {
      await connection.query(INSERT, ["once"]);
      attempts++;
      if (attempts === 1) await endSessions();
      await connection.query(COUNT, ["once"]);
    });
    expect(attempts).toBe(2);
    expect(await count("once")).toBe(1);
  });

  test("never retries a commit whose outcome is unknown", async () => {
    connect();
    // The session ends at the commit itself: a deferred trigger is the last that runs before it.
    await run(
      primary.url,
      `create function end_session() returns trigger language plpgsql as
         $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
       create constraint trigger at_commit after insert on place initially deferred
         for each row execute function end_session();`,
    );
    let attempts = 0;
    const insertAndEnd = (connection: Connection) => {
      attempts++;
      return connection.query(INSERT, ["unknown"]);
    };
    const committing = database.for("").transaction(insertAndEnd);
    await expect(committing).rejects.toThrow(DatabaseUnavailable);
    await run(primary.url, "drop trigger at_commit on place; drop function end_session");
    expect(attempts).toBe(1);
  });

  test("never retries a single statement that may have been carried out", async () => {
    connect();
    const slow = {
      name: "slow",
      text: "insert into place select $1 from (select pg_sleep(30)) as slept",
    } as const;
    const running = database.for("").write(slow, ["unknown"]);
    running.catch(() => {});
    await endSessionOf(slow.text);
    await expect(running).rejects.toThrow(DatabaseUnavailable);
    expect(await count("unknown")).toBe(0);
  });

  test.each([
    [4, "retries a read if its connection is lost"],
    [1, "control: loses a read with its connection if it may be run once only"],
  ])("with %i attempts %s", async (attempts) => {
    connect(undefined, attempts);
    const slow = { name: "slow_read", text: "select pg_sleep(0.5), 1 as done" } as const;
    const running = database.for("").read(slow);
    running.catch(() => {});
    await endSessionOf(slow.text);
    if (attempts === 1) await expect(running).rejects.toThrow(DatabaseUnavailable);
    else expect((await running).rows).toMatchObject([{ done: 1 }]);
  });
});
