import type { Criticality } from "@triptych/protos/policy/v1/policy_pb";

/** How much a call matters, and until when. */
export interface CallPriority {
  readonly criticality: Criticality;
  /** In milliseconds since the epoch. */
  readonly deadline: number;
}

const priorities = new WeakMap<AbortSignal, CallPriority>();

/**
 * Remembers a call's priority by its signal, which goes along with everything that is done for it.
 */
export function rememberPriority(signal: AbortSignal, priority: CallPriority): void {
  priorities.set(signal, priority);
}

/** The priority of the call that a signal is of; undefined of what is not done for a call. */
export function priorityOf(signal: AbortSignal | undefined): CallPriority | undefined {
  return signal && priorities.get(signal);
}
