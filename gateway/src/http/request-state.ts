import assert from "node:assert";
import type { Caller } from "@triptych/chassis/identity/caller";
import type { CallContext } from "@triptych/chassis/rpc/call-context";
import type { Trace } from "@triptych/chassis/rpc/trace/trace";
import type { FastifyContextConfig, FastifyRequest } from "fastify";

declare module "fastify" {
  interface FastifyRequest {
    /**
     * Set when the request arrives. A decoration, since every request has one.
     */
    state: RequestState;
  }
}

/** What is known about a request: made once, when it arrives, and completed by the hooks. */
export class RequestState {
  readonly startMs = performance.now();
  /** The `config` of its route. fastify makes all `routeOptions` for each look at them. */
  readonly config: Readonly<FastifyContextConfig>;
  /** What its calls carry; undefined until the request is admitted. */
  context: CallContext | undefined = undefined;
  #caller: Caller | undefined = undefined;
  #trace: Trace | undefined = undefined;
  readonly #ends: (() => void)[] = [];

  constructor({ routeOptions }: Pick<FastifyRequest, "routeOptions">) {
    // A malformed URL has no route, and no config.
    this.config = routeOptions.config ?? {};
  }

  /** Who sent it. Only after {@link identify}. */
  get caller(): Caller {
    assert(this.#caller, "a request is identified before its route is entered");
    return this.#caller;
  }

  /** Collects its calls; undefined unless an operator asked to see them. */
  get trace(): Trace | undefined {
    return this.#trace;
  }

  /** Stores who sent the request. */
  identify(caller: Caller, trace: Trace | undefined): void {
    this.#caller = caller;
    this.#trace = trace;
  }

  /** Calls a function once the answer is sent, or the client has left. */
  onClose(end: () => void): void {
    this.#ends.push(end);
  }

  /** Called by the server when the answer is closed. */
  close(): void {
    for (const end of this.#ends) end();
  }
}
