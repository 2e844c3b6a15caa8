import type { PoolClient, QueryResult } from "pg";
import type { Connection } from "./connection.ts";
import {
  ConnectionLost,
  canceledBy,
  DatabaseUnavailable,
  leavesConnectionUsable,
  QueryCanceled,
  toDatabaseError,
} from "./database-error.ts";
import type { Pool } from "./pool.ts";
import type { Rows, Statement } from "./statement.ts";

/** A query that takes longer to end, once its cancellation is requested, loses its connection. */
const CANCEL_GRACE_MS = 1_000;

interface Query {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

/**
 * A connection that is leased from the pool. The signal cancels its query. It returns to the pool
 * only if it is still usable.
 */
export class Lease implements Connection {
  readonly #pool: Pool;
  readonly #client: PoolClient;
  readonly #signal: AbortSignal | undefined;
  readonly #onError = () => {
    this.#broken = true;
  };
  #broken = false;
  /** COMMIT and ROLLBACK run also if the signal has fired. */
  #ending = false;

  /**
   * Takes a connection from the pool. Throws DatabaseUnavailable or CannotConnect, and
   * QueryCanceled if the signal has fired.
   */
  static async from(pool: Pool, signal: AbortSignal | undefined): Promise<Lease> {
    const lease = new Lease(pool, await pool.acquire(signal), signal);
    if (signal?.aborted) {
      lease.release();
      throw canceledBy(signal);
    }
    return lease;
  }

  private constructor(pool: Pool, client: PoolClient, signal: AbortSignal | undefined) {
    this.#pool = pool;
    this.#client = client;
    this.#signal = signal;
    client.on("error", this.#onError);
  }

  query<Row>({ name, text }: Statement, values: readonly unknown[] = []): Promise<Rows<Row>> {
    return this.#run<Row>({ name, text, values });
  }

  execute<Row>(text: string, values: readonly unknown[] = []): Promise<Rows<Row>> {
    return this.#run<Row>({ text, values });
  }

  async begin(): Promise<void> {
    await this.#run({ text: "begin" });
  }

  /**
   * Commits, also if the signal has fired. Throws if Postgres rolled back, since the body caught
   * the error of a statement. Throws DatabaseUnavailable, never ConnectionLost, if the outcome is
   * unknown.
   */
  async commit(): Promise<void> {
    this.#ending = true;
    const { command } = await this.#run({ text: "commit" }).catch((error) => {
      if (!(error instanceof ConnectionLost)) throw error;
      const message = "the connection was lost at the commit, which may have been carried out";
      throw new DatabaseUnavailable(message, { cause: error });
    });
    if (command !== "COMMIT") {
      throw new Error(
        "the transaction was rolled back: the error of one of its statements was caught",
      );
    }
  }

  /** Rolls back. If that fails, the connection is closed, and Postgres rolls back. */
  async rollback(): Promise<void> {
    this.#ending = true;
    if (this.#broken) return;
    await this.#run({ text: "rollback" }).catch(() => {
      this.#broken = true;
    });
  }

  /** Returns the connection to the pool, or closes it if it is broken. Must be called once. */
  release(): void {
    this.#pool.release(this.#client, this.#broken);
    // A closing connection may still emit "error", which needs a listener.
    if (!this.#broken) this.#client.off("error", this.#onError);
  }

  async #run<Row>(query: Query): Promise<Rows<Row> & { readonly command: string }> {
    const signal = this.#ending ? undefined : this.#signal;
    if (signal?.aborted) throw canceledBy(signal);
    let cancel: Promise<void> | undefined;
    let timer: NodeJS.Timeout | undefined;
    let over: AbortController | undefined;
    const requestCancel = () => {
      over = new AbortController();
      cancel = this.#pool.cancelQuery(this.#client, over.signal);
      // During a query end() drops the socket: the query then fails, and the lease is broken.
      timer = setTimeout(() => void this.#client.end(), CANCEL_GRACE_MS);
    };
    // Most queries are over before a request would reach Postgres, which then costs a connection.
    const onAbort = () => {
      timer = setTimeout(requestCancel, this.#pool.cancelDelayMs());
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      const result: QueryResult = await this.#client.query({
        ...query,
        values: [...(query.values ?? [])],
      });
      // The cancel request came too late for this query, and may still hit the next one.
      if (cancel !== undefined) this.#broken = true;
      return { rows: result.rows, rowCount: result.rowCount ?? 0, command: result.command };
    } catch (error) {
      if (!leavesConnectionUsable(error)) this.#broken = true;
      const known = toDatabaseError(error);
      if (cancel !== undefined && !(known instanceof QueryCanceled)) this.#broken = true;
      throw known;
    } finally {
      signal?.removeEventListener("abort", onAbort);
      clearTimeout(timer);
      over?.abort();
      await cancel;
    }
  }
}
