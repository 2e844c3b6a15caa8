import { setTimeout as delay } from "node:timers/promises";
import type { PartState, PartStatus } from "#parts/part-status.ts";
import { type PostgresServer, startPostgres } from "#postgres/start-postgres.ts";
import type { PartListener } from "#processes/process-part.ts";
import { createRestartBackoff } from "#processes/restart-backoff.ts";

/** The folder and the port of the embedded Postgres, and the sum of the connection budgets. */
interface PostgresPlace {
  readonly folder: string;
  readonly port: number;
  readonly connectionsMax: number;
}

/**
 * Supervises the embedded Postgres: starts it, watches it, and starts it again on the same port
 * when it dies.
 */
export class PostgresSupervisor {
  readonly #place: PostgresPlace;
  readonly #listener: PartListener;
  readonly #unwanted = new AbortController();
  #server: PostgresServer | undefined;
  #state: PartState = "stopped";
  #since = new Date();
  #restarts = 0;
  #starting: Promise<unknown> = Promise.resolve();
  #supervision: Promise<void> = Promise.resolve();

  constructor(place: PostgresPlace, listener: PartListener) {
    this.#place = place;
    this.#listener = listener;
  }

  /** The server's process id; 0 while there is none. */
  get pid(): number {
    return this.#server?.pid ?? 0;
  }

  /** Returns its present state. */
  status(): PartStatus {
    return {
      name: "postgres",
      state: this.#state,
      pid: this.#server?.pid,
      address: `127.0.0.1:${this.#place.port}`,
      since: this.#since.toISOString(),
      restarts: this.#restarts,
    };
  }

  /**
   * Starts the server. Returns the superuser's URL once it accepts connections. Throws
   * PostgresCannotStart.
   */
  async start(): Promise<string> {
    this.#enter("starting");
    const starting = this.#startOnce();
    this.#starting = starting;
    const server = await starting;
    this.#supervision = this.#supervise(server);
    return server.url;
  }

  /** Ends it cleanly. Waits for a start that is in progress. */
  async stop(): Promise<void> {
    this.#unwanted.abort();
    this.#enter("stopping");
    await this.#starting.catch(() => {}); // the caller of start gets the error
    await this.#server?.stop();
    await this.#supervision;
    this.#enter("stopped");
  }

  async #startOnce(): Promise<PostgresServer> {
    const server = await startPostgres({ ...this.#place, durable: true });
    this.#server = server;
    if (!this.#unwanted.signal.aborted) this.#enter("running");
    this.#listener.changed();
    return server;
  }

  async #supervise(first: PostgresServer): Promise<void> {
    const { signal } = this.#unwanted;
    const backoff = createRestartBackoff();
    let server: PostgresServer | undefined = first;
    while (true) {
      const begin = performance.now();
      await server?.exited;
      this.#server = undefined;
      this.#listener.changed();
      if (signal.aborted) return;
      const wait = backoff.next(performance.now() - begin);
      this.#restarts++;
      this.#enter("restarting");
      this.#listener.print(`postgres ended: it is started again in ${wait / 1_000} s.`);
      await delay(wait, undefined, { signal }).catch(() => {}); // no longer wanted
      if (signal.aborted) return;
      server = await this.#startOnce().catch((error: Error) => {
        this.#listener.print(error.message);
        return undefined;
      });
      if (server !== undefined) this.#listener.print("postgres is back.");
      if (signal.aborted) await server?.stop();
    }
  }

  #enter(state: PartState): void {
    this.#state = state;
    this.#since = new Date();
  }
}
