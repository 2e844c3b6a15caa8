import type { Caller } from "./caller.ts";

/**
 * On whose behalf something is asked, and for how long the answer is of use: all that a domain
 * needs to know of the call that it works for.
 */
export interface Asker {
  readonly caller: Caller;
  /** When the answer is of no more use, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Fires when the answer is of no more use: the caller hung up, or the deadline passed. */
  readonly signal: AbortSignal;
}
