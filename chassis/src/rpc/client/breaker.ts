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
  /** Called each time that the breaker opens. */
  readonly onOpen?: () => void;
}

/** The window needs this many calls before their failures open the breaker. */
const VOLUME_THRESHOLD = 5;
const ERROR_THRESHOLD_PERCENTAGE = 50;
const WINDOW_MS = 10_000;
const WINDOW_BUCKETS = 10;
/**
 * After so many failures in a row the breaker calls the health service, so that a dead callee is
 * detected before its failures fill half a window.
 */
const FAILURES_IN_A_ROW = 3;
/** How many probes run at once: one slow probe must not delay the others. */
const PROBES_MAX = 5;
/**
 * How often an open breaker calls the health service. With the reconnect backoff it bounds how late
 * the return of a callee is detected.
 */
const RESET_TIMEOUT_MS = 300;

/**
 * The circuit breaker of one method of one callee. opossum has the window and the reset timer; the
 * breaker reports outcomes to it. opossum does not run the calls, since it cannot leave one out of
 * the count: a call that its caller cancelled, or that the callee shed, says nothing about the
 * callee's health.
 *
 * - Closed: all calls pass. After a few failures in a row the breaker calls the health service of
 *   the callee, and opens if the callee is not serving.
 * - Open: no call passes. After the reset timeout the health service decides first, so that no call
 *   waits for a callee that hangs.
 * - Half-open: the callee is serving. A few calls pass as probes, and the first that ends decides.
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
      // Logged once for an outage: each failed probe opens the breaker again.
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

  /** The one truth: opossum is half-open before the callee has said that it is serving. */
  get state(): BreakerState {
    return this.#state;
  }

  /** The counts of its window. */
  get stats(): Pick<CircuitBreaker.Stats, "fires" | "successes" | "failures" | "rejects"> {
    return this.#circuit.stats;
  }

  /** Returns UNAVAILABLE, `BREAKER_OPEN`, if no call passes now. */
  refusal(): RpcError | undefined {
    if (this.#state === "closed") return undefined;
    if (this.#state === "half-open" && this.#probes < PROBES_MAX) return undefined;
    const retryAfterMs = Math.max(1, this.#openedAt + RESET_TIMEOUT_MS - Date.now());
    const message = `${this.#name}: not called, since it failed before`;
    return refusal(status.UNAVAILABLE, message, { reason: "BREAKER_OPEN", retryAfterMs });
  }

  /** Begins a call that was not refused. Returns whether it is a probe. */
  begin(): boolean {
    if (this.#state === "closed") return false;
    this.#probes += 1;
    return true;
  }

  /** Ends a call that had begun, with what it says about the callee's health. */
  end(health: "good" | "bad" | "unknown", isProbe: boolean): void {
    if (isProbe) this.#probes -= 1;
    if (health === "unknown") return;
    // A call from before the breaker opened does not decide in place of a probe.
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
   * Counts a success by opossum's own events, at a third of the cost of `fire`. A failure needs
   * `fire`: only that compares the failure rate, and opens the breaker.
   */
  #count(health: "good" | "bad"): void {
    if (health === "good") {
      this.#circuit.emit("fire");
      this.#circuit.emit("success");
    } else {
      const outcome = Promise.reject(FAILED);
      outcome.catch(() => undefined); // opossum does not handle it if it rejects the call
      this.#circuit.fire(outcome).catch(() => undefined);
    }
  }

  /** Opens again if the callee is not serving. */
  async #lookForCallee(enterHalfOpen: () => void): Promise<void> {
    const isBack = await this.#isServing();
    if (this.#circuit.isShutdown) return;
    if (isBack) enterHalfOpen();
    else this.#circuit.open();
  }

  /** Counts a failure. After a few in a row it opens if the callee is not serving. */
  async #suspect(): Promise<void> {
    this.#failuresInARow += 1;
    const isSuspect = () =>
      this.#circuit.closed &&
      !this.#circuit.isShutdown &&
      this.#failuresInARow >= FAILURES_IN_A_ROW;
    if (isSuspect() && !(await this.#isServing()) && isSuspect()) this.#circuit.open();
  }
}

/** The error of each failure. opossum counts failures and does not read them. */
const FAILED = "failed";
