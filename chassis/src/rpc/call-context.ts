import type { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import type { Caller } from "#identity/caller.ts";
import type { Trace } from "#rpc/trace/trace.ts";

/**
 * What travels with a call through every process that it touches. A handler is given one, and
 * passes it on to the clients that it calls, so that the request id, the user's token and what is
 * left of the time go along.
 */
export interface CallContext {
  /** Names the request in every log line of every process. */
  readonly requestId: string;
  /** Who is asking. The user's own token decides, in every service. */
  readonly caller: Caller;
  /**
   * How much the call matters that this one is made for; undefined where no call led to it, as in
   * the gateway.
   */
  readonly criticality?: Criticality | undefined;
  /** When the answer is of no more use, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Fires when the answer is of no more use: the caller hung up, or the deadline passed. */
  readonly signal: AbortSignal;
  /** Collects the calls that are made for this one, if an operator asked to see them. */
  readonly trace?: Trace | undefined;
}
