import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { createTestDatabase, type TestDatabase } from "#testing/test-database.ts";
import { createDatabase, type Database, type DatabaseOptions } from "./database.ts";
import { DatabaseUnavailable, QueryCanceled, TransactionConflict } from "./database-error.ts";

const SLEEP = { name: "sleep", text: "select pg_sleep($1)" } as const;
const SELECT_NUMBER = { name: "select_number", text: "select $1::bigint as number" } as const;
const SELECT_BACKEND = { name: "select_backend", text: "select pg_backend_pid() as pid" } as const;
const INSERT = { name: "insert", text: "insert into items (id, amount) values ($1, $2)" } as const;
const SELECT_AMOUNT = {
  name: "select_amount",
  text: "select amount from items where id = $1",
} as const;
const ADD = { name: "add", text: "update items set amount = amount + $2 where id = $1" } as const;
const SERIALIZABLE = "set transaction isolation level serializable";

describe("createDatabase", () => {
  let migrations: string;
  let testDatabase: TestDatabase;
  let observer: pg.Client;
  const open: Database[] = [];

  function connect(options: Partial<DatabaseOptions> = {}): Database {
    const database = createDatabase({
      url: testDatabase.url,
      applicationName: "database.test",
      poolMax: 2,
      readAttemptsMax: 4,
      acquireTimeoutMs: 1_000,
      statementTimeoutMs: 10_000,
      ...options,
    });
    open.push(database);
    return database;
  }

  /** Returns the queries that run in the database now. */
  async function running(): Promise<readonly string[]> {
    const { rows } = await observer.query<{ query: string }>(
      `select query from pg_stat_activity
       where application_name = 'database.test' and datname = current_database() and state <> 'idle'`,
    );
    return rows.map(({ query }) => query);
  }

  async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = performance.now() + 5_000;
    while (!(await condition())) {
      if (performance.now() > deadline) throw new Error("the condition did not come true in 5 s");
      await delay(5);
    }
  }

  beforeAll(async () => {
    migrations = await mkdtemp(join(tmpdir(), "triptych-migrations-"));
    testDatabase = await createTestDatabase({ migrations });
    observer = new pg.Client({ connectionString: testDatabase.url });
    await observer.connect();
    await observer.query("create table items (id int constraint items_id primary key, amount int)");
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((database) => database.close()));
    await observer.query("truncate items");
  });

  afterAll(async () => {
    await observer.end();
    await testDatabase.drop();
    await rm(migrations, { recursive: true });
  });

  describe("query", () => {
    test("runs a named statement and returns typed rows, bigint as a number", async () => {
      const { rows, rowCount } = await connect().for("x").write(SELECT_NUMBER, [41]);
      expect(rows).toEqual([{ number: 41 }]);
      expect(rowCount).toBe(1);
    });

    test("rejects with Postgres' own errors, and keeps the connection", async () => {
      const database = connect({ poolMax: 1 });
      const first = await database.for("").write(SELECT_BACKEND);
      await database.for("").write(INSERT, [1, 1]);
      const error = await database
        .for("")
        .write(INSERT, [1, 1])
        .catch((reason) => reason);
      expect(error).toMatchObject({ code: "23505", constraint: "items_id" });
      expect((await database.for("").write(SELECT_BACKEND)).rows).toEqual(first.rows);
    });

    test("fails with DatabaseUnavailable if no connection comes free in time", async () => {
      const waits: number[] = [];
      const database = connect({
        poolMax: 1,
        acquireTimeoutMs: 1_000, // opening a connection has to be done in it as well
        onAcquire: (s) => waits.push(s),
      });
      const held = Promise.withResolvers<void>();
      const busy = database.for("").transaction(() => held.promise);
      await expect(database.for("").write(SELECT_NUMBER, [1])).rejects.toThrow(DatabaseUnavailable);
      expect(waits.at(-1)).toBeGreaterThan(0.99);
      held.resolve();
      await busy;
      await database.for("").write(SELECT_NUMBER, [1]);
    });

    test("fails with QueryCanceled if a statement takes longer than its limit", async () => {
      const database = connect({ statementTimeoutMs: 50 });
      await expect(database.for("").write(SLEEP, [5])).rejects.toThrow(QueryCanceled);
    });
  });

  describe("transaction", () => {
    test("commits what its body did, and rolls back when the body throws", async () => {
      const shard = connect().for("");
      expect(await shard.transaction(async (c) => (await c.query(INSERT, [1, 5])).rowCount)).toBe(
        1,
      );
      const failing = shard.transaction(async (connection) => {
        await connection.query(INSERT, [2, 5]);
        throw new Error("the rule says no");
      });
      await expect(failing).rejects.toThrow("the rule says no");
      expect((await shard.write(SELECT_AMOUNT, [1])).rows).toEqual([{ amount: 5 }]);
      expect((await shard.write(SELECT_AMOUNT, [2])).rows).toEqual([]);
    });

    test("is retried after a serialization failure, so that no change is lost", async () => {
      const shard = connect({ poolMax: 4 }).for("");
      await shard.write(INSERT, [1, 0]);
      let reads = 0;
      const add = () =>
        shard.transaction(async (connection) => {
          await connection.execute(SERIALIZABLE);
          await connection.query(SELECT_AMOUNT, [1]);
          reads++;
          // Neither writes before both have read, so the one that commits last has read an old row.
          await until(() => reads >= 2);
          await connection.query(ADD, [1, 1]);
        });
      await Promise.all([add(), add()]);
      expect(reads).toBeGreaterThan(2);
      expect((await shard.write(SELECT_AMOUNT, [1])).rows).toEqual([{ amount: 2 }]);
    });

    test("fails if its body hides the error of a statement, since nothing was committed", async () => {
      const shard = connect().for("");
      const transaction = shard.transaction(async (connection) => {
        await connection.query(INSERT, [1, 1]);
        await connection.query(INSERT, [1, 1]).catch(() => {});
      });
      await expect(transaction).rejects.toThrow("the transaction was rolled back");
    });
  });

  describe("a database that goes away", () => {
    test("answers the next query after all connections were ended", async () => {
      const idleErrors: Error[] = [];
      const database = connect({ onIdleError: (error) => idleErrors.push(error) });
      const query = () => database.for("").write(SELECT_NUMBER, [1]);
      await Promise.all([query(), query()]);
      const busy = database.for("").write(SLEEP, [30]);
      await until(async () => (await running()).length === 1);
      await observer.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'database.test'",
      );
      await expect(busy).rejects.toThrow(DatabaseUnavailable);
      await until(() => database.statistics().total === 0);
      expect(idleErrors).toHaveLength(1);
      await database.probe(5_000);
    });

    test("fails with DatabaseUnavailable if nothing listens, but starts all the same", async () => {
      const database = connect({ url: "postgres://nobody:x@127.0.0.1:1/nothing" });
      expect(database.statistics()).toEqual({ total: 0, idle: 0, waiting: 0, max: 2 });
      await expect(database.for("").write(SELECT_NUMBER, [1])).rejects.toThrow(DatabaseUnavailable);
      await expect(database.probe(1)).rejects.toThrow(DatabaseUnavailable);
    });

    test("fails with DatabaseUnavailable if the server accepts connections and never answers", async () => {
      await using server = createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
      await until(() => server.listening);
      const address = server.address();
      const port = typeof address === "object" ? address?.port : 0;
      const url = `postgres://nobody:x@127.0.0.1:${port}/nothing`;
      const database = connect({ url, acquireTimeoutMs: 100 });
      await expect(database.for("").write(SELECT_NUMBER, [1])).rejects.toThrow(DatabaseUnavailable);
    });

    test("fails with DatabaseUnavailable if it was dropped", async () => {
      const gone = await createTestDatabase({ migrations });
      const database = connect({ url: gone.url });
      await database.probe(5_000);
      await gone.drop();
      await until(() => database.statistics().total === 0);
      await expect(database.for("").write(SELECT_NUMBER, [1])).rejects.toThrow(DatabaseUnavailable);
    });
  });

  describe("a database that is being made or migrated", () => {
    const withUrl = (change: (url: URL) => void) => {
      const url = new URL(testDatabase.url);
      change(url);
      return connect({ url: url.href }).for("");
    };

    test.each<[string, (url: URL) => void]>([
      ["the role does not exist", (url) => (url.username = "nobody_yet")],
      ["the role has another password", (url) => (url.password = "another")],
      ["the database does not exist", (url) => (url.pathname = "/not_yet")],
    ])("is unavailable while %s", async (_what, change) => {
      const shard = withUrl(change);
      await expect(shard.write(SELECT_NUMBER, [1])).rejects.toBeInstanceOf(DatabaseUnavailable);
      const transaction = shard.transaction(async () => {});
      await expect(transaction).rejects.toBeInstanceOf(DatabaseUnavailable);
    });

    test("answers a prepared statement whose columns a migration has changed", async () => {
      const all = { name: "select_all", text: "select * from items" } as const;
      const shard = connect({ poolMax: 1 }).for("");
      await shard.write(INSERT, [1, 7]);
      await shard.read(all);
      await observer.query("alter table items add column colour text");
      try {
        const row = { id: 1, amount: 7, colour: null };
        expect((await shard.read(all)).rows).toEqual([row]);
      } finally {
        await observer.query("alter table items drop column colour");
      }
      const inTransaction = await shard.transaction((connection) => connection.query(all));
      expect(inTransaction.rows).toEqual([{ id: 1, amount: 7 }]);
    });

    test.each(["40P01", "40001", "55P03"])(
      "repeats a write that another transaction got in the way of (%s), some times",
      async (code) => {
        const conflict = { name: "conflict", text: "select conflict($1, $2) as attempts" } as const;
        // A sequence is not rolled back.
        await observer.query(`create sequence attempts;
          create function conflict(attempts_max int, code text) returns int language plpgsql as $$
            begin
              if nextval('attempts') < attempts_max then
                raise exception 'in the way' using errcode = code;
              end if;
              return currval('attempts');
            end $$`);
        try {
          const shard = connect().for("");
          expect((await shard.write(conflict, [3, code])).rows).toEqual([{ attempts: 3 }]);
          const never = shard.write(conflict, [1_000, code]);
          await expect(never).rejects.toBeInstanceOf(TransactionConflict);
          await expect(never).rejects.toBeInstanceOf(DatabaseUnavailable);
        } finally {
          await observer.query("drop function conflict; drop sequence attempts");
        }
      },
    );
  });

  test("closes after the queries in use, and then refuses with DatabaseUnavailable", async () => {
    const database = connect();
    const busy = database.for("").write(SLEEP, [0.1]);
    await until(async () => (await running()).length === 1);
    await database.close();
    await busy;
    await expect(database.probe(5_000)).rejects.toThrow(DatabaseUnavailable);
  });
});
