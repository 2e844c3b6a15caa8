import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ServiceApp } from "@triptych/chassis/service-app";
import { createLogger } from "@triptych/chassis/telemetry/logger";
import { eventually } from "@triptych/chassis/testing/eventually";
import { createTestDatabase, type TestDatabase } from "@triptych/chassis/testing/test-database";
import { createTestTokens } from "@triptych/chassis/testing/test-tokens";
import pg from "pg";
import { createApp } from "./app.ts";
import { createImageWorker, type ImageWorker } from "./image-worker.ts";

const MIGRATE_MAIN = fileURLToPath(new URL("migrate-main.ts", import.meta.url));

describe("images with MIGRATIONS=await", () => {
  let folder: string;
  let database: TestDatabase;
  let app: ServiceApp | undefined;
  let worker: ImageWorker | undefined;
  let over: AbortController;
  let child: ChildProcess | undefined;
  beforeEach(async () => {
    over = new AbortController();
    folder = await mkdtemp(join(tmpdir(), "triptych-images-"));
    database = await createTestDatabase({ migrations: folder });
  });
  afterEach(async () => {
    over.abort();
    child?.kill("SIGKILL");
    await app?.close();
    await worker?.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  async function execute(sql: string): Promise<number | null> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { rowCount } = await client.query(sql).finally(() => client.end());
    return rowCount;
  }

  async function migrate(): Promise<unknown> {
    child = spawn(process.execPath, [MIGRATE_MAIN], {
      env: { DATABASE_URL: database.url, LOG_LEVEL: "silent" },
      stdio: "inherit",
    });
    const [code] = await once(child, "close");
    return code;
  }

  function createWaitingApp(onLine: (line: string) => void) {
    return createApp(
      {
        databaseUrl: database.url,
        databasePoolMax: 1,
        migrations: "await",
        accessTokenPublicKeys: createTestTokens().jwks,
        blobs: { store: "file", directory: join(folder, "blobs") },
        uploadsMax: 1,
        failurePolicy: "on",
      },
      {
        logger: createLogger({
          service: "images",
          level: "info",
          destination: { write: onLine },
        }),
      },
    );
  }

  function createWaitingWorker(onLine: (line: string) => void) {
    return createImageWorker(
      {
        databaseUrl: database.url,
        migrations: "await",
        blobs: { store: "file", directory: join(folder, "blobs") },
        workerConcurrency: 1,
        renderTimeoutMs: 1_000,
        failurePolicy: "on",
      },
      {
        logger: createLogger({
          service: "images-worker",
          level: "info",
          destination: { write: onLine },
        }),
      },
    );
  }

  test("waits for another process to migrate, and writes nothing", async () => {
    await execute(`alter database ${database.name} set default_transaction_read_only = on`);
    const lines: string[] = [];
    const waiting = Promise.withResolvers<void>();
    app = createWaitingApp((line) => {
      lines.push(line);
      waiting.resolve();
    });
    let ready = false;
    const prepared = app.prepare(over.signal).then(() => {
      ready = true;
    });
    await waiting.promise;
    expect(lines[0]).toContain("these migrations have not run yet: 0001_images");
    await execute(
      `begin; set transaction read write; alter database ${database.name} reset default_transaction_read_only; commit`,
    );
    expect(ready).toBe(false);
    expect(await migrate()).toBe(0);
    await prepared;
    expect(lines.join()).not.toContain("read-only");
  });

  test("is ready with a read-only database that is up to date", async () => {
    expect(await migrate()).toBe(0);
    await execute(`alter database ${database.name} set default_transaction_read_only = on`);
    const lines: string[] = [];
    app = createWaitingApp((line) => lines.push(line));
    await app.prepare(over.signal);
    expect(lines).toEqual([]);
  });

  test("gets its queue from statements that last longer than the role's statement timeout", async () => {
    await execute(`alter database ${database.name} set statement_timeout = '100ms'`);
    const other = new pg.Client({ connectionString: database.url, statement_timeout: 60_000 });
    await other.connect();
    // Another process that creates the same schema waits for the end of this transaction.
    await other.query("begin; create schema queue");
    const migrated = migrate();
    let code: unknown;
    void migrated.then((value) => (code = value));
    await eventually(async () => {
      const rowCount = await execute(
        "select from pg_stat_activity where application_name = 'images-queue' and wait_event_type = 'Lock' and clock_timestamp() - query_start > '200ms'",
      );
      return rowCount === 1 || code !== undefined;
    });
    await other.query("rollback");
    await other.end();
    expect(await migrated).toBe(0);
    app = createWaitingApp(() => {});
    await app.prepare(over.signal);
  });

  test("waits for another process to create the queue", async () => {
    expect(await migrate()).toBe(0);
    await execute("drop schema queue cascade");
    const waiting = Promise.withResolvers<string>();
    app = createWaitingApp(waiting.resolve);
    const prepared = app.prepare(over.signal);
    expect(await waiting.promise).toContain("pg-boss is not installed");
    over.abort();
    await prepared;
  });

  test("has a worker that waits for migrations and queue, and changes nothing", async () => {
    const schemas = "select from pg_namespace where nspname = 'queue'";
    const tables = "select from pg_tables where tablename = 'images'";
    const waiting = Promise.withResolvers<string>();
    worker = createWaitingWorker(waiting.resolve);
    const started = worker.start(over.signal);
    const first = await Promise.race([waiting.promise, started.then(() => "it has started")]);
    expect(first).toContain("these migrations have not run yet: 0001_images");
    expect([await execute(schemas), await execute(tables)]).toEqual([0, 0]);
    expect(await migrate()).toBe(0);
    await started;
  });

  test("has a worker that changes nothing in a queue that is up to date", async () => {
    expect(await migrate()).toBe(0);
    // Options that somebody else has set must stay.
    await execute("update queue.queue set retry_limit = 7");
    worker = createWaitingWorker(() => {});
    await worker.start(over.signal);
    expect(await execute("select from queue.queue where retry_limit = 7")).toBe(1);
  });
});
