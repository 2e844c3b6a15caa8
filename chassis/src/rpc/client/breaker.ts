import { status } from "@grpc/grpc-js";
import CircuitBreaker from "opossum";
import { RpcError } from "#contract/rpc-error.ts";
import { judge } from "#contract/verdict.ts";
import type { BreakerState, ObserveBreaker } from "#telemetry/breaker-state.ts";
import type { Logger } from "#telemetry/logger.ts";
import type { HealthProbe } from "./health-probe.ts";

/** Whom a breaker tells of its changes, and whom it asks. */
export interface BreakerOptions {
  readonly logger: Logger;
  readonly observe: ObserveBreaker;
  /** Says whether the callee can do its work, before a call is risked on it. */
  readonly isServing: HealthProbe;
}

/** How many calls there must have been in the window before their failures say anything. */
const VOLUME_THRESHOLD = 5;
const ERROR_THRESHOLD_PERCENTAGE = 50;
const WINDOW_MS = 10_000;
const WINDOW_BUCKETS = 10;
/**
 * After so many failures in a row the callee is asked how it is, so that what is dead is known
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
 * The breaker of one method of one callee. opossum keeps the window and the states. It is told of
 * outcomes and does not run the calls itself, since it has no way to leave one out of the count: a
 * call that its caller cancelled, or that the callee shed, says nothing about the callee's health,
 * and must neither close nor open anything. After a few failures in a row it asks the callee's
 * health service, and opens if that is not good. Half-open, it asks first, so that nobody's call
 * waits for one that hangs; once that is good, a few calls are let through, and the first that ends
 * decides.
 */
export class Breaker {
  readonly #circuit: CircuitBreaker<[outcome: Promise<void>], void>;
  readonly #name: string;
  readonly #isServing: HealthProbe;
  #openedAt = 0;
  #isBack = false;
  #probes = 0;
  #failuresInARow = 0;

  constructor(callee: string, method: string, { logger, observe, isServing }: BreakerOptions) {
    this.#name = `${callee} ${method}`;
    this.#isServing = isServing;
    this.#circuit = new CircuitBreaker((outcome: Promise<void>) => outcome, {
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
    let opened = false;
    this.#circuit.on("open", () => {
      this.#openedAt = Date.now();
      // Once for an outage: each probe that fails opens it again.
      if (!opened) logger.warn({ callee, method }, "breaker opened");
      opened = true;
      observe({ callee, method, state: "open" });
    });
    this.#circuit.on("halfOpen", () => void this.#lookForCallee(callee, method, observe));
    this.#circuit.on("close", () => {
      if (opened) logger.info({ callee, method }, "breaker closed");
      opened = false;
      observe({ callee, method, state: "closed" });
    });
    observe({ callee, method, state: "closed" });
  }

  /** What it is now. */
  get state(): BreakerState {
    if (this.#circuit.closed) return "closed";
    return this.#circuit.halfOpen && this.#isBack ? "half-open" : "open";
  }

  /**
   * Runs a call if the breaker lets it through. Throws UNAVAILABLE, `BREAKER_OPEN`, if it does not.
   * `isCutShort` says of a call that failed whether it had less time than its policy allows, which
   * says nothing of the callee.
   */
  async run<T>(call: () => Promise<T>, isCutShort: () => boolean = () => false): Promise<T> {
    const probe = this.#admit();
    try {
      const result = await call();
      this.#failuresInARow = 0;
      this.#report(Promise.resolve(), probe);
      return result;
    } catch (thrown) {
      const { health } = judge(thrown, isCutShort());
      if (health !== "unknown") {
        const isFailure = health === "bad";
        this.#report(isFailure ? Promise.reject(thrown) : Promise.resolve(), probe);
        if (isFailure) void this.#suspect();
        else this.#failuresInARow = 0;
      }
      throw thrown;
    } finally {
      if (probe) this.#probes -= 1;
    }
  }

  /** Stops the breaker's timers. */
  close(): void {
    this.#circuit.shutdown();
  }

  /**
   * Lets a call through, or throws. Returns whether it is one of those that try a half-open callee.
   */
  #admit(): boolean {
    if (this.#circuit.closed) return false;
    if (this.#circuit.halfOpen && this.#isBack && this.#probes < PROBES_MAX) {
      this.#probes += 1;
      return true;
    }
    const retryAfterMs = Math.max(1, this.#openedAt + RESET_TIMEOUT_MS - Date.now());
    throw new RpcError(status.UNAVAILABLE, `${this.#name}: not asked, since it failed before`, {
      reason: "BREAKER_OPEN",
      retryAfterMs,
    });
  }

  /** Opens again for another while if the callee is not back. */
  async #lookForCallee(callee: string, method: string, observe: ObserveBreaker): Promise<void> {
    this.#isBack = false;
    this.#isBack = await this.#isServing();
    if (this.#circuit.isShutdown) return;
    if (this.#isBack) observe({ callee, method, state: "half-open" });
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

  #report(outcome: Promise<void>, probe: boolean): void {
    // The caller is given the outcome by run(); opossum does not look at one that comes when it is
    // open.
    outcome.catch(() => undefined);
    // A call from before the breaker opened must not take a probe's place.
    if (probe || this.#circuit.closed) this.#circuit.fire(outcome).catch(() => undefined);
  }
}
