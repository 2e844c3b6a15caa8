import pg from "pg";

const PROBE_MS_MAX = 1_000;

/** Also `on` in a standby: the mode of a transaction now, not the default of a setting. */
const TRANSACTION_READ_ONLY = "select current_setting('transaction_read_only') as read_only";

/** The state of a database that answers. */
export type ProbeAnswer = "writable" | "read-only";

/**
 * Probes whether a database accepts writes, over a new connection: those of the pool may be in use,
 * frozen, or outdated. Throws if it does not answer within a second.
 */
export async function probePrimary(url: string, applicationName: string): Promise<ProbeAnswer> {
  const client = new pg.Client({
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: PROBE_MS_MAX,
    query_timeout: PROBE_MS_MAX,
  });
  client.on("error", () => {}); // the query rejects with it
  try {
    await client.connect();
    const { rows } = await client.query<{ readonly read_only: string }>(TRANSACTION_READ_ONLY);
    return rows[0]?.read_only === "off" ? "writable" : "read-only";
  } finally {
    void client.end().catch(() => {}); // a frozen database never answers
  }
}
