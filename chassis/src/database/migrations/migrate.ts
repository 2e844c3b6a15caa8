import pg from "pg";
import { createCancelQuery } from "#database/cancel-query.ts";
import {
  DatabaseOutdated,
  DatabaseUnavailable,
  toDatabaseError,
} from "#database/database-error.ts";
import { findPendingMigrations, folderOf, MIGRATIONS_TABLE } from "./pending-migrations.ts";

/** The database to migrate, and its migrations. */
interface MigrateOptions {
  readonly url: string;
  /** The folder of `0001_name.sql` files, which run in the order of their numbers. */
  readonly directory: URL | string;
  /** Called with the name of each migration as it starts. */
  readonly log?: (message: string) => void;
  /** Cancels the migration that runs, which is rolled back, and closes the connection. */
  readonly signal?: AbortSignal;
}

/**
 * The longest wait for another migration, or for the lock of a table in use. A longer one would
 * block every query that queues behind it.
 */
const LOCK_MS_MAX = 30_000;
const CONNECT_MS_MAX = 5_000;
/**
 * Lifts the timeouts of the role, which are for requests: a migration may rewrite a table. Postgres
 * before 17 has no transaction_timeout.
 */
const LIFT_LIMITS =
  "select set_config(name, '0', false) from pg_settings where name in ('statement_timeout', 'transaction_timeout')";
const LOCK_NOT_AVAILABLE = "55P03";
const STARTED = /^### MIGRATION (.+) \(UP\) ###$/;
const ONLY_SQL = "(?!.*\\.sql$).*";

/**
 * Runs the migrations that have not run yet, each in its own transaction, and returns their names.
 * An advisory lock lets one of several callers work; the others wait, and find nothing to do.
 * Throws DatabaseUnavailable, DatabaseOutdated if another caller's migrations take longer than 30
 * s, or an Error that names the file that failed. The files before it stay applied.
 */
export async function migrate(options: MigrateOptions): Promise<readonly string[]> {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: "migrate",
    connectionTimeoutMillis: CONNECT_MS_MAX,
    lock_timeout: LOCK_MS_MAX,
  });
  client.on("error", () => {}); // the query rejects with it
  const onAbort = () => void abandon(client);
  options.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await client.connect();
    await client.query(LIFT_LIMITS);
    return await run(client, options);
  } catch (error) {
    throw toDatabaseError(error);
  } finally {
    options.signal?.removeEventListener("abort", onAbort);
    // Rolls back an unfinished transaction, and releases the advisory lock.
    await client.end();
  }
}

/**
 * Without a cancel request a statement runs to its end, with its locks, after its client has gone.
 */
async function abandon(client: pg.Client): Promise<void> {
  await createCancelQuery()(client, new AbortController().signal);
  await client.end();
}

async function run(client: pg.Client, options: MigrateOptions): Promise<readonly string[]> {
  // Most starts end here, and need not load node-pg-migrate, which takes 13 MB of memory for good.
  if ((await findPendingMigrations(client, options.directory)).length === 0) return [];
  const { runner } = await import("node-pg-migrate");
  let current: string | undefined;
  const onMessage = (message: string) => {
    const name = STARTED.exec(message)?.[1];
    if (name === undefined) return;
    current = name;
    options.log?.(`migration ${name}`);
  };
  try {
    const done = await runner({
      dbClient: client,
      dir: folderOf(options.directory),
      ignorePattern: ONLY_SQL,
      migrationsTable: MIGRATIONS_TABLE,
      direction: "up",
      count: Number.POSITIVE_INFINITY,
      checkOrder: true,
      singleTransaction: false,
      advisoryLockMode: "wait",
      logger: { info: onMessage, warn: () => {}, error: () => {} },
    });
    return done.map(({ name }) => name);
  } catch (error) {
    throw explained(error, current);
  }
}

function explained(error: unknown, current: string | undefined): unknown {
  const reason = error instanceof Error ? error.message : String(error);
  if (current === undefined && isLocked(error)) {
    const message = `another migration of this database has been running for ${LOCK_MS_MAX / 1000} s`;
    return new DatabaseOutdated(message, { cause: error });
  }
  const known = toDatabaseError(error);
  if (known instanceof DatabaseUnavailable || current === undefined) return known;
  return new Error(`migration ${current}.sql failed: ${reason}`, { cause: error });
}

function isLocked(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === LOCK_NOT_AVAILABLE;
}
