import type pg from "pg";

const ROWS_MAX = 5_000;

/**
 * Inserts rows, a few thousand in a statement. The keys of a row are columns, the same in each row;
 * Postgres reads the values from JSON by the types of the columns.
 */
export async function insertRows(
  client: pg.Client,
  table: string,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).join(", ");
  const text = `insert into ${table} (${columns})
    select ${columns} from jsonb_populate_recordset(null::${table}, $1)`;
  for (let start = 0; start < rows.length; start += ROWS_MAX) {
    await client.query(text, [JSON.stringify(rows.slice(start, start + ROWS_MAX))]);
  }
}
