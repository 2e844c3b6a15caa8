import type { BreakerState, ObserveBreaker } from "@triptych/chassis/telemetry/breaker-state";

/** The state of the circuit breaker of one method. */
export interface BreakerReading {
  readonly method: string;
  readonly state: BreakerState;
}

/** Stores the state of every circuit breaker of the gateway's clients. */
export interface BreakerRegistry {
  readonly observe: ObserveBreaker;
  /** Returns the breakers of a callee, in the order of its methods. */
  breakersOf(callee: string): readonly BreakerReading[];
}

/** Creates an empty registry. */
export function createBreakerRegistry(): BreakerRegistry {
  const callees = new Map<string, Map<string, BreakerState>>();
  return {
    observe({ callee, method, state }) {
      const breakers = callees.get(callee) ?? new Map<string, BreakerState>();
      callees.set(callee, breakers.set(method, state));
    },
    breakersOf: (callee) =>
      [...(callees.get(callee) ?? [])].map(([method, state]) => ({ method, state })),
  };
}
