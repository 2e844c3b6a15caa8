import { readdir } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type pg from "pg";

/** The table of the migrations that have run. */
export const MIGRATIONS_TABLE = "migrations";

/**
 * Returns the names of the folder's migrations that have not run yet, in the order of their
 * numbers. Other migrations, of a later version, may have run too. Changes nothing, and needs no
 * session, so a transaction pooler may stand in between.
 */
export async function findPendingMigrations(
  client: pg.Client,
  directory: URL | string,
): Promise<readonly string[]> {
  const files = (await readdir(folderOf(directory))).filter((name) => name.endsWith(".sql"));
  const names = files.map((name) => basename(name, ".sql")).toSorted();
  const done = await findDone(client);
  return names.filter((name) => !done.has(name));
}

/** Returns the path of a folder of migrations. */
export function folderOf(directory: URL | string): string {
  return directory instanceof URL ? fileURLToPath(directory) : directory;
}

async function findDone(client: pg.Client): Promise<ReadonlySet<string>> {
  const table = await client.query("select to_regclass($1) is not null as exists", [
    MIGRATIONS_TABLE,
  ]);
  if (!table.rows[0]?.exists) return new Set();
  const { rows } = await client.query<{ name: string }>(`select name from ${MIGRATIONS_TABLE}`);
  return new Set(rows.map(({ name }) => name));
}
