import type { Rows, Statement } from "./statement.ts";

/** The connection of a transaction. Its statements run one after another: await each. */
export interface Connection {
  /**
   * Runs a named prepared statement. Throws DatabaseUnavailable, QueryCanceled, or Postgres' own
   * error.
   */
  query<Row>(statement: Statement, values?: readonly unknown[]): Promise<Rows<Row>>;
  /**
   * Runs SQL of a library in this transaction, such as the insert of a job queue. Own SQL is a
   * Statement.
   */
  execute<Row>(text: string, values?: readonly unknown[]): Promise<Rows<Row>>;
}
