import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, type Database } from "@triptych/chassis/database/database";
import {
  DatabaseReadOnly,
  DatabaseUnavailable,
  QueryCanceled,
} from "@triptych/chassis/database/database-error";
import { eventually } from "@triptych/chassis/testing/eventually";
import pg from "pg";
import { type PostgresServer, startPostgres } from "#postgres/start-postgres.ts";

const NAME = "recovery.test";
const POOL_MAX = 12;
/**
 * The most sockets that a pool may have open to a frozen server: its connections, four cancel
 * requests, one probe.
 */
const SOCKETS_MAX = POOL_MAX + 4 + 1;
const TEST_MS_MAX = 120_000;
const FROZEN_WAIT = { timeoutMs: 30_000 } as const;
const SELECT = { name: "select", text: "select 1 as one" } as const;
const SLEEP = { name: "sleep", text: "select pg_sleep(60)" } as const;
const INSERT = { name: "insert", text: "insert into place values ($1)" } as const;

/**
 * The number of TCP connections in use by this process. A pool's idle connections are not counted,
 * because they do not keep the process running.
 */
const socketsInUse = () =>
  process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;

describe("a service's database, on a Postgres that fails", () => {
  let folder: string;
  let server: PostgresServer;
  let database: Database;

  const start = (port: number) => startPostgres({ folder, port, durable: false });

  async function asSuperuser<Row extends pg.QueryResultRow>(
    ...statements: readonly string[]
  ): Promise<readonly Row[]> {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    let rows: readonly Row[] = [];
    for (const statement of statements) rows = (await client.query<Row>(statement)).rows;
    await client.end();
    return rows;
  }

  const backends = (state: string) =>
    asSuperuser<{ pid: number }>(
      `select pid from pg_stat_activity where application_name = '${NAME}' and state = '${state}'`,
    );

  const read = (signal?: AbortSignal) => database.for("").read(SELECT, [], signal);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "stack-recovery-"));
    server = await start(0);
    await asSuperuser("create table place (name text)");
  });
  beforeEach(() => {
    database = createDatabase({
      url: server.url,
      applicationName: NAME,
      poolMax: POOL_MAX,
      readAttemptsMax: 4,
      acquireTimeoutMs: 2_000,
      statementTimeoutMs: 10_000,
    });
  });
  afterEach(() => database.close());
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test(
    "loses no read to a restart, but statements that may not run twice",
    async () => {
      const failed = { reads: 0, others: 0 };
      const answered = { reads: 0, others: 0 };
      const ended = new AbortController();
      const repeat = async (kind: keyof typeof failed, run: () => Promise<unknown>) => {
        while (!ended.signal.aborted) {
          await run().then(
            () => answered[kind]++,
            () => failed[kind]++,
          );
          await new Promise(setImmediate);
        }
      };
      const running = Array.from({ length: 8 }, () => [
        repeat("reads", () => read()),
        repeat("others", () => database.for("").write(SELECT)),
      ]).flat();
      await eventually(() => answered.reads > 100 && answered.others > 100);
      await server.stop();
      server = await start(server.port);
      const before = { ...answered };
      await eventually(() => answered.reads > before.reads + 100);
      await eventually(() => answered.others > before.others + 100);
      ended.abort();
      await Promise.all(running);
      expect(failed.reads).toBe(0);
      expect(failed.others).toBeGreaterThan(0);
    },
    TEST_MS_MAX,
  );

  test(
    "refuses writes while the whole server is read-only, and accepts them again by itself",
    async () => {
      const insert = () => database.for("").write(INSERT, ["a"]);
      await insert();
      await asSuperuser(
        "alter system set default_transaction_read_only = on",
        "select pg_reload_conf()",
      );
      await eventually(() =>
        insert().then(
          () => false,
          (error) => error instanceof DatabaseReadOnly,
        ),
      );
      await read();
      await asSuperuser(
        "set default_transaction_read_only = off",
        "alter system reset default_transaction_read_only",
        "select pg_reload_conf()",
      );
      await eventually(async () => !database.readOnly.status().readOnly);
      await insert();
    },
    TEST_MS_MAX,
  );

  test(
    "cancels the queries of callers that gave up, and gets every connection back",
    async () => {
      const left = new AbortController();
      const calls = Array.from({ length: 3 * POOL_MAX }, () =>
        database.for("").read(SLEEP, [], left.signal),
      );
      const outcomes = Promise.allSettled(calls);
      await eventually(async () => (await backends("active")).length === POOL_MAX);
      left.abort();
      for (const outcome of await outcomes) {
        expect(outcome).toMatchObject({ reason: expect.any(QueryCanceled) });
      }
      await eventually(async () => (await backends("active")).length === 0);
      await eventually(() => database.statistics().idle === POOL_MAX);
      expect(database.statistics()).toMatchObject({ total: POOL_MAX, waiting: 0 });
    },
    TEST_MS_MAX,
  );

  test(
    "opens few sockets while Postgres is frozen, and answers after the thaw",
    async () => {
      await Promise.all(Array.from({ length: POOL_MAX }, () => read()));
      const pids = [server.pid, ...(await backends("idle")).map(({ pid }) => pid)];
      const others = socketsInUse();
      let most = 0;
      try {
        for (const pid of pids) process.kill(pid, "SIGSTOP");
        const outcomes = new Set<unknown>();
        await eventually(async () => {
          const calls = Array.from({ length: 40 }, () => read(AbortSignal.timeout(100)));
          for (const call of await Promise.allSettled(calls)) {
            if (call.status === "rejected") outcomes.add(call.reason?.constructor);
          }
          most = Math.max(most, socketsInUse() - others);
          return database.readOnly.status().primary === "unreachable";
        }, FROZEN_WAIT);
        await expect(database.for("").write(INSERT, ["b"])).rejects.toThrow(DatabaseReadOnly);
        await expect(database.probe(100)).rejects.toThrow(DatabaseUnavailable);
        expect([...outcomes]).toEqual([QueryCanceled]);
        expect(most).toBeLessThanOrEqual(SOCKETS_MAX);
      } finally {
        for (const pid of pids) process.kill(pid, "SIGCONT");
      }
      await eventually(async () => !database.readOnly.status().readOnly);
      await Promise.all(Array.from({ length: 40 }, () => read()));
      expect(database.statistics().waiting).toBe(0);
    },
    TEST_MS_MAX,
  );
});
