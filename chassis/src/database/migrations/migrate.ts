import pg from "pg";
import { createCancelQuery } from "#database/cancel-query.ts";
import {
  DatabaseOutdated,
  DatabaseUnavailable,
  toDatabaseError,
} from "#database/database-error.ts";
import { findPendingMigrations, folderOf, MIGRATIONS_TABLE } from "./pending-migrations.ts";

/** What to bring up to date, from where, and whom to tell. */
interface MigrateOptions {
  readonly url: string;
  /** The folder of `0001_name.sql` files; they run in the order of their numbers. */
  readonly directory: URL | string;
  /** Told the name of each migration as it starts. */
  readonly log?: (message: string) => void;
  /** Cancels what runs, which is undone, and gives the connection back. */
  readonly signal?: AbortSignal;
}

/**
 * Waiting for another's migration, or for a lock on a table in use: better to fail than to queue
 * all behind it.
 */
const LOCK_MS_MAX = 30_000;
const CONNECT_MS_MAX = 5_000;
/**
 * A role's limits are for requests; a migration may rewrite a table. Postgres before 17 has no
 * limit of transactions.
 */
const LIFT_LIMITS =
  "select set_config(name, '0', false) from pg_settings where name in ('statement_timeout', 'transaction_timeout')";
const LOCK_NOT_AVAILABLE = "55P03";
const STARTED = /^### MIGRATION (.+) \(UP\) ###$/;
const ONLY_SQL = "(?!.*\\.sql$).*";

/**
 * Runs the migrations that have not run yet, each in a transaction of its own, and gives their
 * names. Holds an advisory lock, so that of several callers one works and the others wait, and find
 * nothing to do. Throws DatabaseUnavailable, DatabaseOutdated if another's migrations take longer
 * than 30 s, or an Error that names the file that failed; the files before it stay done.
 */
export async function migrate(options: MigrateOptions): Promise<readonly string[]> {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: "migrate",
    connectionTimeoutMillis: CONNECT_MS_MAX,
    lock_timeout: LOCK_MS_MAX,
  });
  client.on("error", () => {}); // the query that runs rejects with it
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
    // Ends an unfinished transaction, and gives back the advisory lock.
    await client.end();
  }
}

/** A statement whose client has gone runs to its end otherwise, and holds its locks meanwhile. */
async function abandon(client: pg.Client): Promise<void> {
  await createCancelQuery()(client, new AbortController().signal);
  await client.end();
}

async function run(client: pg.Client, options: MigrateOptions): Promise<readonly string[]> {
  // What most starts find: then node-pg-migrate, 13 MB that a process would keep for ever, need not
  // be loaded.
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
  const known = toDatabaseError(error);
  if (known instanceof DatabaseUnavailable) return known;
  if (current !== undefined) {
    return new Error(`migration ${current}.sql failed: ${reason}`, { cause: error });
  }
  if (error instanceof pg.DatabaseError && error.code === LOCK_NOT_AVAILABLE) {
    const message = `another migration of this database has been running for ${LOCK_MS_MAX / 1000} s`;
    return new DatabaseOutdated(message, { cause: error });
  }
  return error;
}
