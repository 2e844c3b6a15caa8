import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, connect as connectTo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { eventually } from "#testing/eventually.ts";
import { createTestDatabase, type TestDatabase } from "#testing/test-database.ts";
import { createDatabase, type Database, type DatabaseOptions } from "./database.ts";
import { QueryCanceled } from "./database-error.ts";
import { Lease } from "./lease.ts";
import { createPool, type Pool } from "./pool.ts";

const APPLICATION = "cancel-query.test";
const SLEEP = { name: "sleep", text: "select pg_sleep($1)" } as const;
const SELECT_NUMBER = { name: "select_number", text: "select $1::bigint as number" } as const;
const SELECT_BACKEND = { name: "select_backend", text: "select pg_backend_pid() as pid" } as const;
const INSERT = { name: "insert", text: "insert into items (id, amount) values ($1, $2)" } as const;
const SELECT_AMOUNT = {
  name: "select_amount",
  text: "select amount from items where id = $1",
} as const;

describe("a signal", () => {
  let migrations: string;
  let testDatabase: TestDatabase;
  let observer: pg.Client;
  const open: Database[] = [];

  function connect(options: Partial<DatabaseOptions> = {}): Database {
    const database = createDatabase({
      url: testDatabase.url,
      applicationName: APPLICATION,
      poolMax: 2,
      readAttemptsMax: 4,
      acquireTimeoutMs: 1_000,
      statementTimeoutMs: 10_000,
      ...options,
    });
    open.push(database);
    return database;
  }

  /** Returns what the database's backends run now, without the idle ones. */
  async function running(): Promise<readonly string[]> {
    const { rows } = await observer.query<{ query: string }>(
      `select query from pg_stat_activity
       where application_name = $1 and datname = current_database() and state <> 'idle'`,
      [APPLICATION],
    );
    return rows.map(({ query }) => query);
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

  test("cancels the query in Postgres, rejects when that is confirmed, and gives the connection back", async () => {
    const database = connect({ poolMax: 1 });
    const { rows } = await database.for("").write(SELECT_BACKEND);
    const controller = new AbortController();
    const sleep = database.for("").write(SLEEP, [30], controller.signal);
    await eventually(async () => (await running()).length === 1);
    controller.abort(new Error("the caller left"));
    await expect(sleep).rejects.toThrow(QueryCanceled);
    expect(database.statistics()).toMatchObject({ total: 1, idle: 1 });
    expect(await running()).toEqual([]);
    expect((await database.for("").write(SELECT_BACKEND)).rows).toEqual(rows);
  });

  test("lets a query end that would be over before a request arrives", async () => {
    const patient = createPool({
      url: testDatabase.url,
      applicationName: APPLICATION,
      poolMax: 1,
      acquireTimeoutMs: 1_000,
      statementTimeoutMs: 10_000,
    });
    const pool: Pool = { ...patient, cancelDelayMs: () => 3_600_000 };
    const controller = new AbortController();
    const lease = await Lease.from(pool, controller.signal);
    await observer.query("select pg_advisory_lock(1)");
    const query = lease.query({ name: "lock", text: "select pg_advisory_xact_lock(1)" });
    await eventually(async () => (await running()).length === 1);
    controller.abort(new Error("the caller left"));
    await observer.query("select pg_advisory_unlock(1)");
    await expect(query).resolves.toMatchObject({ rowCount: 1 });
    await expect(lease.query(SELECT_BACKEND)).rejects.toThrow(QueryCanceled);
    lease.release();
    expect(pool.statistics()).toMatchObject({ total: 1, idle: 1 });
    await pool.close();
  });

  test("drops the connection if Postgres does not confirm the cancellation", async () => {
    const postgres = new URL(testDatabase.url);
    const sockets: Socket[] = [];
    await using way = createServer((near) => {
      const far = connectTo(Number(postgres.port), postgres.hostname);
      sockets.push(near, far);
      near.on("error", () => {}).pipe(far);
      far.on("error", () => {}).pipe(near);
    }).listen(0, "127.0.0.1");
    await eventually(() => way.listening);
    const url = new URL(testDatabase.url);
    url.port = String((way.address() as AddressInfo).port);
    // Nothing but the signal ends the query.
    const database = connect({ url: url.href, statementTimeoutMs: 3_600_000 });
    const controller = new AbortController();
    const sleep = database.for("").write(SLEEP, [30], controller.signal);
    await eventually(async () => (await running()).length === 1);
    for (const socket of sockets) socket.unpipe().pause();
    way.removeAllListeners("connection").on("connection", (near) => sockets.push(near));
    controller.abort();
    await expect(sleep).rejects.toThrow(QueryCanceled);
    for (const socket of sockets) socket.destroy();
  });

  test("sends no query if it has fired before", async () => {
    const database = connect();
    const query = database.for("").write(SELECT_NUMBER, [1], AbortSignal.abort());
    await expect(query).rejects.toThrow(QueryCanceled);
    expect(database.statistics().total).toBe(0);
  });

  test("leaks no connection if it fires while a caller waits for one", async () => {
    const database = connect({ poolMax: 1, acquireTimeoutMs: 2_000 });
    const busy = database.for("").write(SLEEP, [0.2]);
    const controller = new AbortController();
    const waiting = database.for("").write(SELECT_NUMBER, [1], controller.signal);
    expect(database.statistics().waiting).toBe(1);
    controller.abort();
    await expect(waiting).rejects.toThrow(QueryCanceled);
    expect(database.statistics().waiting).toBe(0);
    await busy;
    await eventually(() => database.statistics().idle === 1 && database.statistics().waiting === 0);
  });

  test("hurts no other call if two hundred fire at once", async () => {
    const database = connect({ poolMax: 4, acquireTimeoutMs: 5_000 });
    const bystander = async () => {
      for (let number = 0; number < 200; number++) {
        const { rows } = await database.for("").write(SELECT_NUMBER, [number]);
        expect(rows).toEqual([{ number }]);
      }
    };
    const storm = Array.from({ length: 200 }, async (_, index) => {
      const signal = AbortSignal.timeout(1 + (index % 40));
      await database
        .for("")
        .write(SLEEP, [0.01], signal)
        .catch((error) => {
          expect(error).toBeInstanceOf(QueryCanceled);
        });
    });
    await Promise.all([bystander(), ...storm]);
    await eventually(async () => (await running()).length === 0);
    expect(database.statistics().waiting).toBe(0);
  });

  test("rolls a transaction back if its signal fires between two statements", async () => {
    const shard = connect().for("");
    const controller = new AbortController();
    const transaction = shard.transaction(async (connection) => {
      await connection.query(INSERT, [1, 1]);
      controller.abort();
    }, controller.signal);
    await expect(transaction).rejects.toThrow(QueryCanceled);
    expect((await shard.write(SELECT_AMOUNT, [1])).rows).toEqual([]);
  });

  test("cancels a transaction's statement in Postgres, and its connection is usable again", async () => {
    const database = connect({ poolMax: 1 });
    const controller = new AbortController();
    const transaction = database.for("").transaction(async (connection) => {
      await connection.query(INSERT, [1, 1]);
      await connection.query(SLEEP, [30]);
    }, controller.signal);
    await eventually(async () => (await running()).includes(SLEEP.text));
    controller.abort();
    await expect(transaction).rejects.toThrow(QueryCanceled);
    expect((await database.for("").write(SELECT_AMOUNT, [1])).rows).toEqual([]);
  });
});
