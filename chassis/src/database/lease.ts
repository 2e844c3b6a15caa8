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

/** A cancelled query that takes longer to end loses its connection. */
const CANCEL_GRACE_MS = 1_000;

interface Query {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

/**
 * A borrowed connection: cancels its query with the signal, and goes back to the pool only when it
 * is sound.
 */
export class Lease implements Connection {
  readonly #pool: Pool;
  readonly #client: PoolClient;
  readonly #signal: AbortSignal | undefined;
  readonly #onError = () => {
    this.#broken = true;
  };
  #broken = false;
  /** The transaction's end must run even if the signal has fired. */
  #ending = false;

  /**
   * Borrows from the pool. Throws DatabaseUnavailable or CannotConnect, and QueryCanceled if the
   * signal fired meanwhile.
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
   * Commits, whatever the signal says. Throws if Postgres rolled back because `body` hid a failed
   * statement, and DatabaseUnavailable, never ConnectionLost, if nobody knows whether it was
   * carried out.
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

  /** Rolls back, or marks the connection as unfit, so that it closes and Postgres rolls back. */
  async rollback(): Promise<void> {
    this.#ending = true;
    if (this.#broken) return;
    await this.#run({ text: "rollback" }).catch(() => {
      this.#broken = true;
    });
  }

  /** Gives the connection back, or closes it when it is not sound. Called once. */
  release(): void {
    this.#pool.release(this.#client, this.#broken);
    // A closing connection may still emit "error", and nobody else listens.
    if (!this.#broken) this.#client.off("error", this.#onError);
  }

  async #run<Row>(query: Query): Promise<Rows<Row> & { readonly command: string }> {
    const signal = this.#ending ? undefined : this.#signal;
    if (signal?.aborted) throw canceledBy(signal);
    let cancel: Promise<void> | undefined;
    let timer: NodeJS.Timeout | undefined;
    let over: AbortController | undefined;
    const onAbort = () => {
      over = new AbortController();
      cancel = this.#pool.cancelQuery(this.#client, over.signal);
      // With a query on its way, end() drops the socket: the query then fails, and this lease with
      // it.
      timer = setTimeout(() => void this.#client.end(), CANCEL_GRACE_MS);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      const result: QueryResult = await this.#client.query({
        ...query,
        values: [...(query.values ?? [])],
      });
      // The cancel came too late for this query, and may still hit whatever runs next.
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
