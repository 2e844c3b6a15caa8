import pg from "pg";
import type { Statement } from "./statements.ts";

/** As many as the pool of a Triptych service. */
const CONNECTIONS_MAX = 10;
const STATEMENT_MS_MAX = 10_000;
const CONNECT_MS_MAX = 5_000;
const MILLISECOND_DIGITS = 3;

/** Sends named statements. */
export interface Database {
  rows<Row extends object>(
    statement: Statement,
    values: readonly unknown[],
  ): Promise<readonly Row[]>;
  close(): Promise<void>;
}

/** Opens a pool of connections. */
export function openDatabase(url: string): Database {
  pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, toMoment);
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS_MAX,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    statement_timeout: STATEMENT_MS_MAX,
    application_name: "baseline",
  });
  pool.on("error", () => {}); // the next query opens another connection
  return {
    async rows({ name, text }, values) {
      const { rows } = await pool.query({ name, text, values: values as unknown[] });
      return rows;
    },
    close: () => pool.end(),
  };
}

/**
 * Converts Postgres' text of a time in UTC to RFC 3339, without a `Date`: `2026-11-27
 * 16:49:46.12+00` becomes `2026-11-27T16:49:46.120Z`.
 */
export function toMoment(text: string): string {
  const [whole = "", fraction = ""] = text.slice(11, text.indexOf("+", 11)).split(".");
  const milliseconds = fraction.slice(0, MILLISECOND_DIGITS).padEnd(MILLISECOND_DIGITS, "0");
  return `${text.slice(0, 10)}T${whole}.${milliseconds}Z`;
}
