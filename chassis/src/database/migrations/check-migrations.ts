import pg from "pg";
import { DatabaseOutdated, toDatabaseError } from "#database/database-error.ts";
import { findPendingMigrations } from "./pending-migrations.ts";

const CHECK_MS_MAX = 5_000;

/** Which database is asked, and for what. */
interface MigrationCheck {
  readonly url: string;
  /** The folder of `0001_name.sql` files. */
  readonly directory: URL | string;
}

/**
 * Resolves if all of the folder's migrations have run, whoever ran them, and whatever else has.
 * Changes nothing. Throws DatabaseOutdated that names those that have not, and DatabaseUnavailable.
 */
export async function checkMigrations({ url, directory }: MigrationCheck): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "check-migrations",
    connectionTimeoutMillis: CHECK_MS_MAX,
    query_timeout: CHECK_MS_MAX,
  });
  client.on("error", () => {}); // the query that runs rejects with it
  try {
    await client.connect();
    const pending = await findPendingMigrations(client, directory);
    if (pending.length === 0) return;
    throw new DatabaseOutdated(`these migrations have not run yet: ${pending.join(", ")}`);
  } catch (error) {
    throw toDatabaseError(error);
  } finally {
    void client.end().catch(() => {}); // a frozen database never says goodbye
  }
}
