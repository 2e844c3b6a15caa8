import { createDatabase } from "#database/database.ts";
import { createTestDatabase, type TestDatabase } from "#testing/test-database.ts";
import { type ExplainingDatabase, explainStatements } from "./explain-statements.ts";
import { CREATE_NUMBERED_ID } from "./numbered-ids.ts";

/** A migrated database whose statements are explained, and the means to fill it. */
export interface ExplainedDatabase extends ExplainingDatabase, AsyncDisposable {
  /** Runs a statement that is not explained. */
  readonly query: TestDatabase["query"];
  /** Makes the statistics of a table those of its rows, and its pages as autovacuum leaves them. */
  vacuum(...tables: readonly string[]): Promise<void>;
}

/** A test has no deadline: a slow machine must not decide what is measured. */
const TIMEOUT_MS = 60_000;

/**
 * Flushes all that was committed. Tests commit without, and Postgres does not mark a page as
 * visible to everybody while its transactions could be lost.
 */
const FLUSH = "select pg_logical_emit_message(false, 'test', '', true)";

/** Creates a database of its own for one test file, with the function `numbered_id`. */
export async function startExplainedDatabase(migrations: URL | string): Promise<ExplainedDatabase> {
  const resources = new AsyncDisposableStack();
  const testDatabase = resources.use(await createTestDatabase({ migrations }));
  const database = createDatabase({
    url: testDatabase.url,
    applicationName: "test",
    // Every statement is explained on one connection, which has read the catalogs.
    poolMax: 1,
    readAttemptsMax: 1,
    acquireTimeoutMs: TIMEOUT_MS,
    statementTimeoutMs: TIMEOUT_MS,
  });
  resources.adopt(database, (it) => it.close());
  await testDatabase.query(CREATE_NUMBERED_ID);
  return {
    ...explainStatements(database),
    query: testDatabase.query,
    async vacuum(...tables) {
      for (const table of tables) {
        // Before each: what the last one committed stands beside the transactions of this table.
        await testDatabase.query(FLUSH);
        // Not in one text: several statements of one text are a transaction, which cannot vacuum.
        await testDatabase.query(`vacuum (analyze) ${table}`);
      }
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
