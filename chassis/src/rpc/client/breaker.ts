import { status } from "@grpc/grpc-js";
import CircuitBreaker from "opossum";
import { type RpcError, refusal } from "#contract/rpc-error.ts";
import type { BreakerState, ObserveBreaker } from "#telemetry/breaker-state.ts";
import type { Logger } from "#telemetry/logger.ts";

/** What a breaker needs besides its name. */
export interface BreakerOptions {
  readonly logger: Logger;
  readonly observe: ObserveBreaker;
  /** Whether the callee can do its work. Never rejects. */
  readonly isServing: () => Promise<boolean>;
  /** Called each time that the breaker opens, before anything else is let through. */
  readonly onOpen?: () => void;
}

/** How many calls there must have been in the window before their failures say anything. */
const VOLUME_THRESHOLD = 5;
const ERROR_THRESHOLD_PERCENTAGE = 50;
const WINDOW_MS = 10_000;
const WINDOW_BUCKETS = 10;
/**
 * After so many failures in a row the callee's health is asked for, so that what is dead is known
 * before its failures fill half a window.
 */
const FAILURES_IN_A_ROW = 3;
/**
 * So many calls at once may try a callee that says that it is back: one that is slow must not hold
 * the others off.
 */
const PROBES_MAX = 5;
/**
 * An open breaker looks for its callee after each such time. With the reconnect backoff it bounds
 * how late a callee's return is noticed.
 */
const RESET_TIMEOUT_MS = 300;

/**
 * The circuit breaker of one method of one callee. opossum has the window and its timer. It is told
 * of outcomes and does not run the calls itself, since it has no way to leave one out of the count:
 * a call that its caller cancelled, or that the callee shed, says nothing of the callee's health,
 * and must neither close nor open anything. After a few failures in a row the breaker asks the
 * callee's health service, and opens if that is not good. When its time is over it asks again, so
 * that nobody's call waits for a callee that hangs; once that is good it is half-open: a few calls
 * are let through, and the first that ends decides.
 */
export class Breaker {
  readonly #circuit: CircuitBreaker<[outcome: Promise<never>], never>;
  readonly #name: string;
  readonly #isServing: () => Promise<boolean>;
  #state: BreakerState = "closed";
  #openedAt = 0;
  #probes = 0;
  #failuresInARow = 0;

  constructor(callee: string, method: string, options: BreakerOptions) {
    const { logger, observe, isServing, onOpen } = options;
    this.#name = `${callee} ${method}`;
    this.#isServing = isServing;
    this.#circuit = new CircuitBreaker((outcome: Promise<never>) => outcome, {
      name: this.#name,
      timeout: false, // every call ends by its own deadline
      volumeThreshold: VOLUME_THRESHOLD,
      errorThresholdPercentage: ERROR_THRESHOLD_PERCENTAGE,
      rollingCountTimeout: WINDOW_MS,
      rollingCountBuckets: WINDOW_BUCKETS,
      resetTimeout: RESET_TIMEOUT_MS,
      // at 50,000 samples each failure would block the process for 19 ms
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      capacity: Number.MAX_SAFE_INTEGER, // it is no bulkhead: a rejection would count as a failure
      allowWarmUp: false,
      cache: false, // nor coalesce, which with `timeout: false` would keep a rejection for ever
      autoRenewAbortController: false,
    });
    const enter = (state: BreakerState) => {
      this.#state = state;
      observe({ callee, method, state });
    };
    let isOutage = false;
    this.#circuit.on("open", () => {
      this.#openedAt = Date.now();
      // Once for an outage: each probe that fails opens it again.
      if (!isOutage) logger.warn({ callee, method }, "breaker opened");
      isOutage = true;
      enter("open");
      onOpen?.();
    });
    this.#circuit.on("halfOpen", () => void this.#lookForCallee(() => enter("half-open")));
    this.#circuit.on("close", () => {
      if (isOutage) logger.info({ callee, method }, "breaker closed");
      isOutage = false;
      enter("closed");
    });
    enter("closed");
  }

  /** What it is now. */
  get state(): BreakerState {
    return this.#state;
  }

  /** The counts of its window. */
  get stats(): Pick<CircuitBreaker.Stats, "fires" | "successes" | "failures" | "rejects"> {
    return this.#circuit.stats;
  }

  /** Returns why no call is let through now, UNAVAILABLE, `BREAKER_OPEN`; undefined if one is. */
  refusal(): RpcError | undefined {
    if (this.#state === "closed") return undefined;
    if (this.#state === "half-open" && this.#probes < PROBES_MAX) return undefined;
    const retryAfterMs = Math.max(1, this.#openedAt + RESET_TIMEOUT_MS - Date.now());
    const message = `${this.#name}: not asked, since it failed before`;
    return refusal(status.UNAVAILABLE, message, { reason: "BREAKER_OPEN", retryAfterMs });
  }

  /**
   * Lets a call through that was not refused. Returns whether it is a probe: one of those that try
   * a half-open callee.
   */
  begin(): boolean {
    if (this.#state === "closed") return false;
    this.#probes += 1;
    return true;
  }

  /** Takes what a call that was let through says of the callee's health. */
  end(health: "good" | "bad" | "unknown", isProbe: boolean): void {
    if (isProbe) this.#probes -= 1;
    if (health === "unknown") return;
    // A call from before the breaker opened must not take a probe's place.
    const counts = this.#state === "closed" || (isProbe && this.#state === "half-open");
    if (health === "good") this.#failuresInARow = 0;
    if (counts) this.#count(health);
    if (health === "bad") void this.#suspect();
  }

  /** Stops the breaker's timers. */
  close(): void {
    this.#circuit.shutdown();
  }

  /**
   * A success is counted by opossum's own events, a third of the cost of `fire`. A failure needs
   * `fire`: only that looks at the rate, and opens.
   */
  #count(health: "good" | "bad"): void {
    if (health === "good") {
      this.#circuit.emit("fire");
      this.#circuit.emit("success");
    } else {
      const outcome = Promise.reject(FAILED);
      outcome.catch(() => undefined); // where opossum rejects at once it does not look at it
      this.#circuit.fire(outcome).catch(() => undefined);
    }
  }

  /** Opens again for another while if the callee is not back. */
  async #lookForCallee(enterHalfOpen: () => void): Promise<void> {
    const isBack = await this.#isServing();
    if (this.#circuit.isShutdown) return;
    if (isBack) enterHalfOpen();
    else this.#circuit.open();
  }

  /**
   * Counts a failure, and opens after a few in a row if the callee does not say that it is well.
   */
  async #suspect(): Promise<void> {
    this.#failuresInARow += 1;
    const isSuspect = () =>
      this.#circuit.closed &&
      !this.#circuit.isShutdown &&
      this.#failuresInARow >= FAILURES_IN_A_ROW;
    if (isSuspect() && !(await this.#isServing()) && isSuspect()) this.#circuit.open();
  }
}

/** What opossum is told of each failure: it counts them, and looks at none. */
const FAILED = "failed";
