/** The states of a circuit breaker. */
export type BreakerState = "closed" | "half-open" | "open";

/** The state that the breaker of one method of one callee is in. */
interface BreakerObservation {
  readonly callee: string;
  readonly method: string;
  readonly state: BreakerState;
}

/** Takes the state that a breaker is created in, and each state that it changes to. */
export type ObserveBreaker = (observation: BreakerObservation) => void;
