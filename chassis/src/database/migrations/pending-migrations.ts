import { readdir } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type pg from "pg";

/** The table that remembers what has run. */
export const MIGRATIONS_TABLE = "migrations";

/**
 * Names the folder's migrations that have not run yet, in the order of their numbers. A database
 * that has run others besides, those of a later version, lacks nothing. Changes nothing, and needs
 * no session: it may be asked through a transaction pooler.
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

/** Gives the path of a folder of migrations. */
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
