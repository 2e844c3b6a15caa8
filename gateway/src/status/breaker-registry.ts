import type { BreakerState, ObserveBreaker } from "@triptych/chassis/telemetry/breaker-state";

/** The state of the circuit breaker of one method. */
export interface BreakerReading {
  readonly method: string;
  readonly state: BreakerState;
}

/** Stores what the gateway's clients notice of their callees: breakers, and when one answered. */
export interface BreakerRegistry {
  readonly observe: ObserveBreaker;
  /** Takes the callee of each call that was answered without an error. */
  readonly observeAnswer: (callee: string) => void;
  /** Whether a callee has so answered since a time of `performance.now()`. */
  hasAnsweredSince(callee: string, timeMs: number): boolean;
  /** Returns the breakers of a callee, in the order of its methods. */
  breakersOf(callee: string): readonly BreakerReading[];
}

/** Creates an empty registry. */
export function createBreakerRegistry(): BreakerRegistry {
  const callees = new Map<string, Map<string, BreakerState>>();
  const answeredMs = new Map<string, number>();
  return {
    observeAnswer: (callee) => void answeredMs.set(callee, performance.now()),
    hasAnsweredSince: (callee, timeMs) =>
      (answeredMs.get(callee) ?? Number.NEGATIVE_INFINITY) > timeMs,
    observe({ callee, method, state }) {
      const breakers = callees.get(callee) ?? new Map<string, BreakerState>();
      callees.set(callee, breakers.set(method, state));
    },
    breakersOf: (callee) =>
      [...(callees.get(callee) ?? [])].map(([method, state]) => ({ method, state })),
  };
}
