import type { Caller } from "./caller.ts";

/**
 * The caller of an operation, its deadline, and its abort signal: all that a domain needs to know
 * of the call that it works for.
 */
export interface Asker {
  readonly caller: Caller;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  /** Fires when the caller has hung up, or the deadline has passed. */
  readonly signal: AbortSignal;
}
