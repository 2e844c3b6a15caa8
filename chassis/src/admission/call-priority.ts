import type { Criticality } from "@triptych/protos/policy/v1/policy_pb";

/** How much a call matters, and until when. */
export interface CallPriority {
  readonly criticality: Criticality;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

const priorities = new WeakMap<AbortSignal, CallPriority>();

/**
 * Stores a call's priority under its signal, which all work for the call is passed. Only this very
 * signal has the priority: a signal derived from it (`AbortSignal.any`) has none, and work under it
 * waits for a connection as a default call without a deadline.
 */
export function rememberPriority(signal: AbortSignal, priority: CallPriority): void {
  priorities.set(signal, priority);
}

/** Returns the priority of the call of a signal; undefined for work that no call asked for. */
export function priorityOf(signal: AbortSignal | undefined): CallPriority | undefined {
  return signal && priorities.get(signal);
}
