import pg from "pg";
import { DatabaseOutdated, toDatabaseError } from "#database/database-error.ts";
import { findPendingMigrations } from "./pending-migrations.ts";

const CHECK_MS_MAX = 5_000;

/** The database to check, and its migrations. */
interface MigrationCheck {
  readonly url: string;
  /** The folder of `0001_name.sql` files. */
  readonly directory: URL | string;
}

/**
 * Resolves if all migrations of the folder have run; others may have run too. Changes nothing.
 * Throws DatabaseOutdated that names the missing ones, and DatabaseUnavailable.
 */
export async function checkMigrations({ url, directory }: MigrationCheck): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "check-migrations",
    connectionTimeoutMillis: CHECK_MS_MAX,
    query_timeout: CHECK_MS_MAX,
  });
  client.on("error", () => {}); // the query rejects with it
  try {
    await client.connect();
    const pending = await findPendingMigrations(client, directory);
    if (pending.length === 0) return;
    throw new DatabaseOutdated(`these migrations have not run yet: ${pending.join(", ")}`);
  } catch (error) {
    throw toDatabaseError(error);
  } finally {
    void client.end().catch(() => {}); // a frozen database never answers
  }
}
