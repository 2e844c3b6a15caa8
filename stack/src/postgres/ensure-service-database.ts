import pg from "pg";
import { PostgresCannotStart } from "./postgres-cannot-start.ts";

/** A service's own database: owned by one role of the same name. No other role may connect. */
interface ServiceDatabase {
  /** A lower-case word: the name of the database and of its role. */
  readonly name: string;
  readonly password: string;
  /** The most connections that the role may have at once: its budget. */
  readonly connectionsMax: number;
}

/** An idle transaction keeps its locks, and holds back vacuum in the whole database. */
const IDLE_IN_TRANSACTION_LIMIT = "30s";
/** Longer than any request and any job's write. Migrations lift it for themselves. */
const TRANSACTION_LIMIT = "60s";
const CONNECT_MS_MAX = 5_000;
const INVALID_PASSWORD = "28P01";
const DUPLICATE_OBJECT = "42710";
const DUPLICATE_DATABASE = "42P04";

/**
 * Closes the server's own databases, which Postgres opens to every role, to all but superusers. A
 * role then has its own database and no other. May be called at each start, by one caller at a
 * time.
 */
export async function closeSharedDatabases(superuserUrl: string): Promise<void> {
  await withClient(superuserUrl, async (client) => {
    await client.query("revoke all on database postgres, template1 from public");
  });
}

/**
 * Creates the service's database and role unless they exist, sets this password and this limit, and
 * forbids everybody else to connect. May be called at each start. `superuserUrl` must name a
 * database `postgres`. Returns the service's own URL.
 */
export async function ensureServiceDatabase(
  superuserUrl: string,
  { name, password, connectionsMax }: ServiceDatabase,
): Promise<string> {
  const role = pg.escapeIdentifier(name);
  await withClient(superuserUrl, async (client) => {
    await createUnlessThere(client, `create role ${role} login`, DUPLICATE_OBJECT);
    await client.query(
      `alter role ${role} login nosuperuser nocreatedb nocreaterole noreplication connection limit ${connectionsMax} password ${pg.escapeLiteral(password)}`,
    );
    await client.query(
      `alter role ${role} set idle_in_transaction_session_timeout = '${IDLE_IN_TRANSACTION_LIMIT}'`,
    );
    await client.query(`alter role ${role} set transaction_timeout = '${TRANSACTION_LIMIT}'`);
    // Copied as files: a copy through the shared buffers would stay in them for as long as the
    // server runs.
    const createDatabase = `create database ${role} owner ${role} strategy file_copy`;
    await createUnlessThere(client, createDatabase, DUPLICATE_DATABASE);
    await client.query(`revoke all on database ${role} from public`);
  });
  const url = new URL(superuserUrl);
  url.username = name;
  url.password = password;
  url.pathname = `/${name}`;
  return url.href;
}

/** Closes a database: it refuses new connections, and its present ones end. */
export async function refuseConnections(superuserUrl: string, name: string): Promise<void> {
  await withClient(superuserUrl, async (client) => {
    await client.query(`alter database ${pg.escapeIdentifier(name)} allow_connections false`);
    await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1",
      [name],
    );
  });
}

/** Opens a database that `refuseConnections` closed. */
export async function acceptConnections(superuserUrl: string, name: string): Promise<void> {
  await withClient(superuserUrl, async (client) => {
    await client.query(`alter database ${pg.escapeIdentifier(name)} allow_connections true`);
  });
}

async function createUnlessThere(client: pg.Client, sql: string, there: string): Promise<void> {
  try {
    await client.query(sql);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== there) throw error;
  }
}

async function withClient<Result>(
  url: string,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "stack",
    connectionTimeoutMillis: CONNECT_MS_MAX,
  });
  client.on("error", () => {}); // the running query rejects with it
  await client.connect().catch((cause) => {
    if (cause.code !== INVALID_PASSWORD) throw cause;
    throw new PostgresCannotStart(
      "Postgres does not accept the superuser's password in the file `password` beside its data: restore that file from a backup of the data folder.",
      { cause },
    );
  });
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
