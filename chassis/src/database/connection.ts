import type { Rows, Statement } from "./statement.ts";

/** One connection inside a transaction. Its statements run one after another: await each. */
export interface Connection {
  /**
   * Runs a named prepared statement. Throws DatabaseUnavailable, QueryCanceled, or Postgres' own
   * error.
   */
  query<Row>(statement: Statement, values?: readonly unknown[]): Promise<Rows<Row>>;
  /**
   * Runs SQL that a library wrote (a job queue's insert, in this transaction). Own SQL is a
   * Statement.
   */
  execute<Row>(text: string, values?: readonly unknown[]): Promise<Rows<Row>>;
}
