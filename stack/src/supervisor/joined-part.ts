import { StackError } from "#errors/stack-error.ts";
import type { ServiceOrder } from "#monolith/service-order.ts";
import { type PartName, SERVICES, type ServiceName } from "#parts/part-names.ts";
import type { PartState, PartStatus } from "#parts/part-status.ts";
import type { StackPart } from "#parts/stack-part.ts";
import { Mutex } from "#processes/mutex.ts";
import type { ProcessPart } from "#processes/process-part.ts";

/**
 * A part of the monolith: a service or the gateway inside the one process. Calls to a service can
 * be cut, and its writes refused.
 */
export class JoinedPart implements StackPart {
  readonly name: PartName;
  readonly #monolith: ProcessPart;
  readonly #mutex = new Mutex();
  #stopped = false;
  #since = new Date();

  constructor(name: PartName, monolith: ProcessPart) {
    this.name = name;
    this.#monolith = monolith;
  }

  status(): PartStatus {
    const { state, pid, since } = this.#monolith.status();
    const own: PartState = this.#stopped ? "stopped" : state;
    const ownSince = this.#stopped ? this.#since.toISOString() : since;
    return { name: this.name, state: own, pid, address: "monolith", since: ownSince, restarts: 0 };
  }

  start(): Promise<void> {
    return this.#mutex.runExclusive(() => this.#setAvailable(true));
  }

  stop(): Promise<void> {
    return this.#mutex.runExclusive(() => this.#setAvailable(false));
  }

  restart(): Promise<void> {
    return this.#mutex.runExclusive(async () => {
      if (!this.#stopped) await this.#setAvailable(false);
      await this.#setAvailable(true);
    });
  }

  async freeze(): Promise<void> {
    throw this.#isOneProcess();
  }

  async thaw(): Promise<void> {
    throw this.#isOneProcess();
  }

  "read-only"(): Promise<void> {
    return this.#mutex.runExclusive(() => this.#switch(true));
  }

  writable(): Promise<void> {
    return this.#mutex.runExclusive(() => this.#switch(false));
  }

  /** Repeats the order that stopped this part, after the monolith's process has started again. */
  async restore(): Promise<void> {
    if (this.#stopped) await this.#order({ service: this.#service(), available: false });
  }

  async #setAvailable(available: boolean): Promise<void> {
    const service = this.#service();
    if (available !== this.#stopped) {
      const [state, wish] = available ? ["running", "start"] : ["stopped", "stop"];
      throw new StackError(`${this.name} is ${state}: there is nothing to ${wish}.`);
    }
    await this.#order({ service, available });
    this.#stopped = !available;
    this.#since = new Date();
  }

  async #switch(readOnly: boolean): Promise<void> {
    await this.#order({ service: this.#service(), readOnly });
  }

  /** Throws StackError for the gateway, which cannot be taken away from the process. */
  #service(): ServiceName {
    const service = SERVICES.find((name) => name === this.name);
    if (service === undefined) throw this.#isOneProcess();
    return service;
  }

  async #order(order: ServiceOrder): Promise<void> {
    await this.#monolith.request(order);
  }

  #isOneProcess(): StackError {
    return new StackError(
      `The monolith is one process: ${this.name} cannot be taken out of it that way. Stop users, images or comments, or the whole of monolith.`,
    );
  }
}
