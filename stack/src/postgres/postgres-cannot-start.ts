/**
 * Postgres cannot be started here. The message is one sentence for the person who tried, and says
 * what to do.
 */
export class PostgresCannotStart extends Error {
  override readonly name = "PostgresCannotStart";
}
