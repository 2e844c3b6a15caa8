import type { BreakerState, ObserveBreaker } from "@triptych/chassis/telemetry/breaker-state";

/** A breaker of one method. */
export interface BreakerReading {
  readonly method: string;
  readonly state: BreakerState;
}

/** Remembers the state of every breaker that stands before a callee. */
export interface BreakerRegistry {
  readonly observe: ObserveBreaker;
  /** The breakers before a callee, in the order of its methods. */
  breakersOf(callee: string): readonly BreakerReading[];
}

/** Makes an empty registry. */
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
