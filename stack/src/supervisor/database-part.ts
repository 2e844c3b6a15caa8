import { StackError } from "#errors/stack-error.ts";
import type { ServiceName } from "#parts/part-names.ts";
import type { PartState, PartStatus } from "#parts/part-status.ts";
import type { StackPart } from "#parts/stack-part.ts";
import { acceptConnections, refuseConnections } from "#postgres/ensure-service-database.ts";
import { Mutex } from "#processes/mutex.ts";

/**
 * A service's database. While it is stopped, it refuses connections, and its earlier connections
 * have ended. The server goes on.
 */
export class DatabasePart implements StackPart {
  readonly name: `${ServiceName}-db`;
  readonly #service: ServiceName;
  readonly #superuserUrl: string;
  readonly #mutex = new Mutex();
  #state: PartState = "running";
  #since = new Date();

  /** The database must exist and accept connections. */
  constructor(service: ServiceName, superuserUrl: string) {
    this.name = `${service}-db`;
    this.#service = service;
    this.#superuserUrl = superuserUrl;
  }

  status(): PartStatus {
    return {
      name: this.name,
      state: this.#state,
      address: new URL(this.#superuserUrl).host,
      since: this.#since.toISOString(),
      restarts: 0,
    };
  }

  start(): Promise<void> {
    return this.#mutex.runExclusive(async () => {
      if (this.#state === "running") throw this.#refusal("start");
      await acceptConnections(this.#superuserUrl, this.#service);
      this.#enter("running");
    });
  }

  stop(): Promise<void> {
    return this.#mutex.runExclusive(async () => {
      if (this.#state === "stopped") throw this.#refusal("stop");
      await refuseConnections(this.#superuserUrl, this.#service);
      this.#enter("stopped");
    });
  }

  restart(): Promise<void> {
    return this.#mutex.runExclusive(async () => {
      await refuseConnections(this.#superuserUrl, this.#service);
      await acceptConnections(this.#superuserUrl, this.#service);
      this.#enter("running");
    });
  }

  async freeze(): Promise<void> {
    throw this.#isNoProcess("frozen");
  }

  async thaw(): Promise<void> {
    throw this.#isNoProcess("thawed");
  }

  async "read-only"(): Promise<void> {
    throw this.#isNoService();
  }

  async writable(): Promise<void> {
    throw this.#isNoService();
  }

  #enter(state: PartState): void {
    this.#state = state;
    this.#since = new Date();
  }

  #refusal(wish: string): StackError {
    return new StackError(`${this.name} is ${this.#state}: there is nothing to ${wish}.`);
  }

  #isNoService(): StackError {
    return new StackError(
      `${this.name} is a database, and its service decides whether rows may change: switch ${this.#service} instead.`,
    );
  }

  #isNoProcess(what: string): StackError {
    return new StackError(
      `${this.name} is a database and no process, so it cannot be ${what}: stop it, or freeze the service.`,
    );
  }
}
