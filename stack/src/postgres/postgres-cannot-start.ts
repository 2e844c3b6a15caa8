/**
 * Postgres cannot be started here. The message is one sentence for the person at the terminal that
 * says what to do.
 */
export class PostgresCannotStart extends Error {
  override readonly name = "PostgresCannotStart";
}
