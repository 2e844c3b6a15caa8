import type { BreakerState } from "./breaker.ts";

/** One call as its caller saw it: a node of the tree that `X-Explain` shows. */
export interface ExplainedCall {
  /** The short name of the callee: `users`. */
  readonly callee: string;
  /** `users.v1.UserService/GetUser`. */
  readonly method: string;
  /** How it ended: `OK`, `UNAVAILABLE`. */
  readonly code: string;
  /** The stable reason of a failure; absent if there was none. */
  readonly reason?: string;
  /** How long the caller waited, in milliseconds. */
  readonly ms: number;
  /** How often it was sent; 0 if it was not, since the breaker was open or every key was known. */
  readonly tries: number;
  /** What the breaker was when the call came to it. */
  readonly breaker: BreakerState;
  /** Of a batch: how many keys, and how many of them were answered from what was kept, with the oldest's age. */
  readonly batch?: ExplainedBatch;
  /** What the callee called to answer it. */
  readonly calls: readonly ExplainedCall[];
}

/** Where the entries of a batch came from. */
export interface ExplainedBatch {
  readonly keys: number;
  readonly kept: number;
  readonly oldestMs: number;
}

/** Collects the calls that are made while one is answered. Made for an operator who asks for it, and for nobody else. */
export class CallTree {
  readonly #calls: ExplainedCall[] = [];

  /** The calls so far, in the order in which they ended. */
  get calls(): readonly ExplainedCall[] {
    return this.#calls;
  }

  /** Adds a call that has ended. */
  add(call: ExplainedCall): void {
    this.#calls.push(call);
  }
}
