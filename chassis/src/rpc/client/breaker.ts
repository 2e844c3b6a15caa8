import { status } from "@grpc/grpc-js";
import CircuitBreaker from "opossum";
import { type RpcError, refusal } from "#contract/rpc-error.ts";
import type { BreakerState, ObserveBreaker } from "#telemetry/breaker-state.ts";
import type { Logger } from "#telemetry/logger.ts";
import type { CalleeLiveness } from "./callee-liveness.ts";

/** What a breaker needs besides its name. */
export interface BreakerOptions {
  /** The longest that a call of the method may take. The callee's health may take as long. */
  readonly timeoutMs: number;
  readonly logger: Logger;
  readonly observe: ObserveBreaker;
  readonly liveness: Pick<CalleeLiveness, "hasAnsweredSince" | "isServing">;
  /** Called each time that the breaker opens. */
  readonly onOpen?: () => void;
}

/** The rate of failures counts from this many calls in the window on. */
const VOLUME_THRESHOLD = 5;
const FAILURE_RATE = 0.5;
const WINDOW_MS = 10_000;
const WINDOW_BUCKETS = 10;
/** So many failures in a row are enough, so that a dead callee is detected at once. */
const FAILURES_IN_A_ROW = 3;
/** How many probes a half-open breaker lets through at once. Each that passes doubles it. */
const PROBES_MAX = 5;
/** So many probes must pass to close the breaker. */
const PROBES_TO_CLOSE = 3;
/**
 * How often an open breaker looks for the callee. With the reconnect backoff it bounds how late the
 * return of a callee is detected.
 */
const RESET_TIMEOUT_MS = 300;

/**
 * The circuit breaker of one method of one callee. It says *the callee cannot answer*, and never
 * *this request fails*: whatever one request can cause leaves it closed. So it opens only if calls
 * fail and the callee does not say that it can work, within the time that the method may take: the
 * gate is no harder to pass than the calls behind it.
 *
 * opossum has the window, the states and the reset timer; the breaker reports outcomes to it, and
 * decides when it opens. opossum does not run the calls, since it cannot leave one out of the
 * count: a call that its caller cancelled, or that the callee shed, says nothing about the callee's
 * health.
 *
 * - Closed: all calls pass. If many fail, and none was answered meanwhile, the breaker calls the
 *   callee's health service, and opens if the callee is not serving.
 * - Open: no call passes. After the reset timeout the breaker looks for the callee: whether it has
 *   answered a call of another method, or says that it is serving. So no call waits for a callee
 *   that hangs.
 * - Half-open: the callee can work. A few calls pass as probes, and more with each that succeeds,
 *   or fails while the callee is serving: that is the fault of its request, which must not keep the
 *   breaker from closing. A probe that fails opens it only if the callee is not serving.
 */
export class Breaker {
  readonly #circuit: CircuitBreaker<[outcome: Promise<never>], never>;
  readonly #name: string;
  readonly #timeoutMs: number;
  readonly #liveness: BreakerOptions["liveness"];
  #state: BreakerState = "closed";
  #openedAt = 0;
  #openedMs = 0;
  #probes = 0;
  #probesMax = PROBES_MAX;
  #probesPassed = 0;
  #failuresInARow = 0;
  #answeredMs = Number.NEGATIVE_INFINITY;

  constructor(callee: string, method: string, options: BreakerOptions) {
    const { timeoutMs, logger, observe, liveness, onOpen } = options;
    this.#name = `${callee} ${method}`;
    this.#timeoutMs = timeoutMs;
    this.#liveness = liveness;
    this.#circuit = new CircuitBreaker((outcome: Promise<never>) => outcome, {
      name: this.#name,
      timeout: false, // every call ends by its own deadline
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
      this.#openedMs = performance.now();
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
    if (this.#state === "half-open" && this.#probes < this.#probesMax) return undefined;
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

  /**
   * Ends a call that had begun at a time of `performance.now()`, with what it says about the
   * callee's health.
   */
  end(health: "good" | "bad" | "unknown", isProbe: boolean, startMs: number): void {
    if (isProbe) this.#probes -= 1;
    if (health === "unknown") return;
    if (health === "good") {
      this.#failuresInARow = 0;
      this.#answeredMs = performance.now();
    } else this.#failuresInARow += 1;
    if (this.#state === "closed") this.#count(health);
    // A call from before the breaker opened does not decide in place of a probe.
    else if (this.#state === "half-open" && isProbe && health === "good") this.#pass();
    if (health === "bad") void this.#suspect(startMs, isProbe);
  }

  /** Stops the breaker's timers. */
  close(): void {
    this.#circuit.shutdown();
  }

  /** Counts a call by opossum's own events, which open nothing, unlike `fire`. */
  #count(health: "good" | "bad"): void {
    this.#circuit.emit("fire");
    this.#circuit.emit(health === "good" ? "success" : "failure");
  }

  /** Counts a probe that says nothing against the callee: more calls may pass, in the end all. */
  #pass(): void {
    this.#probesPassed += 1;
    this.#probesMax *= 2;
    if (this.#probesPassed === PROBES_TO_CLOSE) this.#circuit.close();
  }

  /** Lets probes through if the callee can work, or else stays open. */
  async #lookForCallee(enterHalfOpen: () => void): Promise<void> {
    const isBack =
      this.#liveness.hasAnsweredSince(this.#openedMs) ||
      (await this.#liveness.isServing(this.#timeoutMs));
    if (this.#circuit.isShutdown) return;
    this.#probesMax = PROBES_MAX;
    this.#probesPassed = 0;
    if (isBack) enterHalfOpen();
    else this.#circuit.open();
  }

  /** After a failure: opens if there are many, and the callee cannot answer. */
  async #suspect(startMs: number, isProbe: boolean): Promise<void> {
    if (!this.#isSuspect(startMs)) return;
    const isServing = await this.#liveness.isServing(this.#timeoutMs);
    if (!isServing && this.#isSuspect(startMs)) this.#circuit.open();
    if (isServing && isProbe && this.#state === "half-open") this.#pass();
  }

  /**
   * Whether enough calls of the method failed, and none was answered since the failed one began. In
   * half-open each failure counts.
   */
  #isSuspect(startMs: number): boolean {
    if (this.#circuit.isShutdown || this.#state === "open") return false;
    if (this.#answeredMs > startMs) return false;
    if (this.#state === "half-open" || this.#failuresInARow >= FAILURES_IN_A_ROW) return true;
    const { fires, failures } = this.#circuit.stats;
    return fires >= VOLUME_THRESHOLD && failures >= fires * FAILURE_RATE;
  }
}
