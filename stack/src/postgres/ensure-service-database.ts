import pg from "pg";

/** A service's own database: one role of the same name owns it, and no other role may connect. */
interface ServiceDatabase {
  /** A lower-case word: the database's name and its role's. */
  readonly name: string;
  readonly password: string;
}

/** A transaction that does nothing holds back every other reader of the change feed. */
const IDLE_IN_TRANSACTION_LIMIT = "30s";
/** Longer than any request and any job's write; migrations lift it for themselves. */
const TRANSACTION_LIMIT = "60s";
const CONNECT_MS_MAX = 5_000;
const DUPLICATE_OBJECT = "42710";
const DUPLICATE_DATABASE = "42P04";

/**
 * Sees to it that the service's database and role are there, with this password, and that nobody
 * else may connect. May be called at each start. `superuserUrl` must have a database `postgres`.
 * Returns the service's own URL.
 */
export async function ensureServiceDatabase(
  superuserUrl: string,
  { name, password }: ServiceDatabase,
): Promise<string> {
  const role = pg.escapeIdentifier(name);
  await withClient(superuserUrl, async (client) => {
    await createUnlessThere(client, `create role ${role} login`, DUPLICATE_OBJECT);
    await client.query(
      `alter role ${role} login nosuperuser nocreatedb nocreaterole noreplication password ${pg.escapeLiteral(password)}`,
    );
    await client.query(
      `alter role ${role} set idle_in_transaction_session_timeout = '${IDLE_IN_TRANSACTION_LIMIT}'`,
    );
    await client.query(`alter role ${role} set transaction_timeout = '${TRANSACTION_LIMIT}'`);
    // Copied as files, past the shared buffers, which would hold all of it for as long as the
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

/** Closes a database: new connections are refused, and those that it has are ended. */
export async function refuseConnections(superuserUrl: string, name: string): Promise<void> {
  await withClient(superuserUrl, async (client) => {
    await client.query(`alter database ${pg.escapeIdentifier(name)} allow_connections false`);
    await client.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1",
      [name],
    );
  });
}

/** Opens a database that refuseConnections closed. */
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
  client.on("error", () => {}); // the query that runs rejects with it
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
