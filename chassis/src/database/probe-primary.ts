import pg from "pg";

const PROBE_MS_MAX = 1_000;

/** `on` in a standby too; no setting's default but what a transaction of this session would be. */
const TRANSACTION_READ_ONLY = "select current_setting('transaction_read_only') as read_only";

/** What a database that answers says of itself. */
export type ProbeAnswer = "writable" | "read-only";

/**
 * Asks a database whether it takes writes, over a connection of its own: the pool's may be in use,
 * frozen, or of another time. Throws if it does not answer within a second.
 */
export async function probePrimary(url: string, applicationName: string): Promise<ProbeAnswer> {
  const client = new pg.Client({
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: PROBE_MS_MAX,
    query_timeout: PROBE_MS_MAX,
  });
  client.on("error", () => {}); // what runs rejects with it
  try {
    await client.connect();
    const { rows } = await client.query<{ readonly read_only: string }>(TRANSACTION_READ_ONLY);
    return rows[0]?.read_only === "off" ? "writable" : "read-only";
  } finally {
    void client.end().catch(() => {}); // a frozen database never says goodbye
  }
}
