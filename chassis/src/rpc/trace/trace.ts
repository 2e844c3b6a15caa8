import type { BreakerState } from "#telemetry/breaker-state.ts";

/** A span: one call as its caller saw it. `X-Explain` shows a tree of them. */
export interface Span {
  /** The short name of the callee: `users`. */
  readonly callee: string;
  /** `users.v1.UserService/GetUser`. */
  readonly method: string;
  /** The status: `OK`, `UNAVAILABLE`. */
  readonly code: string;
  /** The reason of a failure; absent if there is none. */
  readonly reason?: string;
  /** How long the caller waited. */
  readonly ms: number;
  /**
   * How often it was sent. 0 if it was not: there was no connection, the breaker was open, or all
   * keys were cached.
   */
  readonly tries: number;
  /** The state of the breaker at that time; absent if the failure policy is off. */
  readonly breaker?: BreakerState;
  /** Of a batch with cached answers: the sources of its entries. */
  readonly batch?: BatchSpan;
  /**
   * The calls of the callee. Unknown, and empty, if no answer came, or if the call went without the
   * operator's token.
   */
  readonly calls: readonly SpanNode[];
}

/** The sources of the entries of a batch. */
export interface BatchSpan {
  readonly keys: number;
  /** How many came from the cache. */
  readonly kept: number;
  /** The age of the oldest of those; absent if there is none. */
  readonly oldestMs?: number;
}

/** Stands for spans that were dropped. */
export interface DroppedSpans {
  /** Their number, with those below them. */
  readonly dropped: number;
}

/** A node of a trace. */
export type SpanNode = Span | DroppedSpans;

/** More calls than any answer needs. A loop of calls must not fill the memory. */
const CALLS_MAX = 100;

/**
 * A trace: the spans of the calls that are made to answer one call. It exists only if an operator
 * asks for it.
 */
export class Trace {
  readonly #calls: Span[] = [];
  #dropped = 0;

  /** The spans so far, in the order in which their calls ended. */
  get calls(): readonly SpanNode[] {
    return this.#dropped === 0 ? this.#calls : [...this.#calls, { dropped: this.#dropped }];
  }

  /** Adds the span of a call that has ended. */
  add(call: Span): void {
    if (this.#calls.length < CALLS_MAX) this.#calls.push(call);
    else this.#dropped += 1;
  }
}
