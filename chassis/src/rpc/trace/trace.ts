import type { BreakerState } from "#telemetry/breaker-state.ts";

/** One call as its caller saw it: a node of the tree that `X-Explain` shows. */
export interface Span {
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
  /**
   * How often it was sent; 0 if it was not: the callee could not be reached, the breaker was open,
   * or every key was known.
   */
  readonly tries: number;
  /** What the breaker was when the call came to it; absent where the failure policy is off. */
  readonly breaker?: BreakerState;
  /** Of a batch whose answers are kept: where its entries came from. */
  readonly batch?: BatchSpan;
  /**
   * What the callee called to answer it. Unknown, and empty, if no answer came, or if it was asked
   * without the operator's token.
   */
  readonly calls: readonly SpanNode[];
}

/** Where the entries of a batch came from. */
export interface BatchSpan {
  readonly keys: number;
  /** How many of them were answered from what was kept. */
  readonly kept: number;
  /** How old the oldest of those is, in milliseconds; absent if there is none. */
  readonly oldestMs?: number;
}

/** Stands for calls that had no room. */
export interface DroppedSpans {
  /** How many they are, with those below them. */
  readonly dropped: number;
}

/** What stands in a call tree. */
export type SpanNode = Span | DroppedSpans;

/**
 * More calls than an answer is ever made of; a loop that calls does not fill the memory with it.
 */
const CALLS_MAX = 100;

/**
 * Collects the calls that are made while one is answered. Made for an operator who asks for it, and
 * for nobody else.
 */
export class Trace {
  readonly #calls: Span[] = [];
  #dropped = 0;

  /** The calls so far, in the order in which they ended. */
  get calls(): readonly SpanNode[] {
    return this.#dropped === 0 ? this.#calls : [...this.#calls, { dropped: this.#dropped }];
  }

  /** Adds a call that has ended. */
  add(call: Span): void {
    if (this.#calls.length < CALLS_MAX) this.#calls.push(call);
    else this.#dropped += 1;
  }
}
