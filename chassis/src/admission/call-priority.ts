import { Criticality } from "@triptych/protos/policy/v1/policy_pb";

const criticalities = new WeakMap<AbortSignal, Criticality>();

/** Remembers how much a call matters by its signal, which goes along with everything that is done for it. */
export function rememberCriticality(signal: AbortSignal, criticality: Criticality): void {
  criticalities.set(signal, criticality);
}

/** How much the call matters that a signal is of; what is not done for a call that is known matters as most do. */
export function criticalityOf(signal: AbortSignal | undefined): Criticality {
  return (signal && criticalities.get(signal)) ?? Criticality.DEFAULT;
}
