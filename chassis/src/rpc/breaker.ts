import { status } from "@grpc/grpc-js";
import CircuitBreaker from "opossum";
import { isCalleeFault, RpcError } from "./rpc-error.ts";

/** The states of a breaker. */
export type BreakerState = "closed" | "half-open" | "open";

/** Told when a breaker changes its state, and once when it is made. */
export type ObserveBreaker = (breaker: {
  readonly callee: string;
  readonly method: string;
  readonly state: BreakerState;
}) => void;

/** How many calls there must have been in the window before their failures say anything. */
const VOLUME_THRESHOLD = 5;
const ERROR_THRESHOLD_PERCENTAGE = 50;
const WINDOW_MS = 10_000;
const WINDOW_BUCKETS = 10;
/** An open breaker lets one call through after this time. It bounds how late a callee's return is noticed. */
const RESET_TIMEOUT_MS = 500;

/**
 * The breaker of one method of one callee. opossum keeps the window and the states. It is told of outcomes and does
 * not run the calls itself, since it has no way to leave one out of the count: a call that its caller cancelled, or
 * that the callee shed, says nothing about the callee's health, and must neither close nor open anything.
 */
export class Breaker {
  readonly #circuit: CircuitBreaker<[outcome: Promise<void>], void>;
  readonly #name: string;
  #openedAt = 0;
  #probing = false;

  constructor(callee: string, method: string, observe: ObserveBreaker) {
    this.#name = `${callee} ${method}`;
    this.#circuit = new CircuitBreaker((outcome: Promise<void>) => outcome, {
      name: this.#name,
      timeout: false, // every call ends by its own deadline
      volumeThreshold: VOLUME_THRESHOLD,
      errorThresholdPercentage: ERROR_THRESHOLD_PERCENTAGE,
      rollingCountTimeout: WINDOW_MS,
      rollingCountBuckets: WINDOW_BUCKETS,
      resetTimeout: RESET_TIMEOUT_MS,
      rollingPercentilesEnabled: false, // at 50,000 samples each failure would block the process for 19 ms
      enableSnapshots: false,
      capacity: Number.MAX_SAFE_INTEGER, // it is no bulkhead: a rejection would count as a failure
      allowWarmUp: false,
      cache: false, // nor coalesce, which with `timeout: false` would keep a rejection for ever
      autoRenewAbortController: false,
    });
    const tell = (state: BreakerState) => observe({ callee, method, state });
    this.#circuit.on("open", () => {
      this.#openedAt = Date.now();
      tell("open");
    });
    this.#circuit.on("halfOpen", () => tell("half-open"));
    this.#circuit.on("close", () => tell("closed"));
    tell("closed");
  }

  /** Runs a call if the breaker lets it through. Throws UNAVAILABLE, `BREAKER_OPEN`, if it does not. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    const probe = this.#admit();
    try {
      const result = await call();
      this.#report(Promise.resolve(), probe);
      return result;
    } catch (thrown) {
      if (countsForHealth(thrown)) {
        this.#report(isCalleeFault(thrown) ? Promise.reject(thrown) : Promise.resolve(), probe);
      }
      throw thrown;
    } finally {
      if (probe) this.#probing = false;
    }
  }

  /** Stops the breaker's timers. */
  close(): void {
    this.#circuit.shutdown();
  }

  /** Lets a call through, or throws. Returns whether it is the one that tries a half-open callee. */
  #admit(): boolean {
    if (this.#circuit.closed) return false;
    if (this.#circuit.halfOpen && !this.#probing) {
      this.#probing = true;
      return true;
    }
    const retryAfterMs = Math.max(1, this.#openedAt + RESET_TIMEOUT_MS - Date.now());
    throw new RpcError(status.UNAVAILABLE, `${this.#name}: not asked, since it failed before`, {
      reason: "BREAKER_OPEN",
      retryAfterMs,
    });
  }

  #report(outcome: Promise<void>, probe: boolean): void {
    if (probe || this.#circuit.closed) {
      // The caller is given the outcome by run().
      this.#circuit.fire(outcome).catch(() => undefined);
    } else {
      // A call from before the breaker opened: it must not take the probe's place.
      outcome.catch(() => undefined);
    }
  }
}

function countsForHealth(thrown: unknown): boolean {
  return !(
    thrown instanceof RpcError &&
    (thrown.code === status.CANCELLED || thrown.code === status.RESOURCE_EXHAUSTED)
  );
}
