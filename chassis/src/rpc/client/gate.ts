import { status } from "@grpc/grpc-js";
import { Semaphore, type Waiter } from "#concurrency/semaphore.ts";
import type { MethodPlan } from "#contract/method-plan.ts";
import { RETRY_AFTER_MS } from "#contract/retry-after.ts";
import { RpcError, refusal, statusName } from "#contract/rpc-error.ts";
import { ANSWERED, type Verdict } from "#contract/verdict.ts";
import type { BreakerState, ObserveBreaker } from "#telemetry/breaker-state.ts";
import type { Logger } from "#telemetry/logger.ts";
import type { Metrics } from "#telemetry/metrics.ts";
import { Breaker } from "./breaker.ts";
import type { CalleeLiveness } from "./callee-liveness.ts";

/** What a gate needs. */
export interface GateOptions {
  /** The short name of the callee in metrics and messages: `users`. */
  readonly callee: string;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** What is known about whether the callee can answer at all. */
  readonly liveness: CalleeLiveness;
  /** Called with each breaker's state, besides the metrics and the log. */
  readonly observeBreaker?: ObserveBreaker;
  /** Called with the callee at each call that it has answered without an error. */
  readonly observeAnswer?: (callee: string) => void;
}

/** A call that waits for a permit of the bulkhead. */
export interface QueuedCall extends Waiter {
  /** Called once, when the breaker opens and empties the queue. */
  onEvicted(): void;
}

/**
 * The gate before one method of one callee: circuit breaker, bulkhead and metrics. The breaker
 * comes first, so that no call waits for a permit while the callee is not called. It is checked
 * again after a wait, and empties the queue when it opens. With the failure policy off the gate
 * only counts.
 */
export class Gate {
  readonly labels: { readonly callee: string; readonly method: string };
  readonly #name: string;
  readonly #metrics: Metrics;
  readonly #liveness: CalleeLiveness;
  readonly #observeAnswer: GateOptions["observeAnswer"];
  readonly #breaker: Breaker | undefined;
  /** The bulkhead: one method must not use up the whole process. */
  readonly #places: Semaphore<QueuedCall>;
  /** Called when the breaker opens, once the queue is empty. */
  onOpen: () => void = () => {};
  readonly #labelsByCode = new Map<status, Labels>();

  constructor({ name, isDefended, timeoutMs, bulkhead }: MethodPlan, options: GateOptions) {
    const { callee, metrics, logger, liveness } = options;
    this.labels = Object.freeze({ callee, method: name });
    this.#name = `${callee} ${name}`;
    this.#metrics = metrics;
    this.#liveness = liveness;
    this.#observeAnswer = options.observeAnswer;
    this.#places = new Semaphore({
      permits: bulkhead.inFlightMax,
      queueMax: bulkhead.queuedMax,
    });
    metrics.client.watchBulkhead(this.labels, this.#places);
    if (!isDefended) return;
    this.#breaker = new Breaker(callee, name, {
      timeoutMs,
      logger,
      liveness,
      observe(breaker) {
        metrics.observeBreaker(breaker);
        options.observeBreaker?.(breaker);
      },
      onOpen: () => {
        for (const call of this.#places.evict()) call.onEvicted();
        this.onOpen();
      },
    });
  }

  /** Undefined if there is no breaker. */
  get breakerState(): BreakerState | undefined {
    return this.#breaker?.state;
  }

  /** Returns UNAVAILABLE, `BREAKER_OPEN`, if the breaker lets no call through. */
  refusal(): RpcError | undefined {
    return this.#breaker?.refusal();
  }

  /** Takes a permit if one is free. */
  enter(): boolean {
    return this.#places.tryAcquire();
  }

  /** Adds a call to the queue. Returns false if the queue is full. */
  queue(call: QueuedCall): boolean {
    return this.#places.enqueue(call);
  }

  /** Removes a call from the queue. */
  withdraw(call: QueuedCall): void {
    this.#places.leave(call);
  }

  /** Releases the permit of a call. */
  leave(): void {
    this.#places.release();
  }

  /** Returns the error of a call that got no permit in time. */
  full(): RpcError {
    const message = `${this.#name}: not called, since too many calls wait for it`;
    return refusal(status.RESOURCE_EXHAUSTED, message, {
      reason: "BULKHEAD_FULL",
      retryAfterMs: RETRY_AFTER_MS,
    });
  }

  /** Counts the refusal of a read that would be joined with others, and returns it. */
  counted<E extends RpcError | undefined>(error: E): E {
    if (error !== undefined) this.countRefused(error);
    return error;
  }

  /** Begins a call that has a permit. Returns whether it is a probe of the breaker. */
  begin(): boolean {
    return this.#breaker?.begin() ?? false;
  }

  /** Reports that a call is late, which began at a time of `performance.now()`. */
  late(startMs: number): void {
    if (this.#breaker !== undefined) this.#liveness.suspect(startMs);
  }

  /** Reports the outcome of a call that had begun to the breaker. */
  tell(verdict: Verdict, isProbe: boolean, startMs: number): void {
    if (verdict === ANSWERED) this.#observeAnswer?.(this.labels.callee);
    if (this.#breaker === undefined) return;
    if (verdict === ANSWERED) this.#liveness.answered();
    this.#breaker.end(verdict.health, isProbe, startMs);
  }

  /** Counts a call that was not sent. Its duration is not observed: it would be 0 ms. */
  countRefused(error: RpcError): void {
    this.#metrics.client.refusedCalls.inc({ ...this.labels, reason: error.reason });
  }

  /** Counts a second try. */
  countExtra(): void {
    this.#metrics.client.extraCalls.inc(this.labels);
  }

  /** Observes the duration and the status of a call that was sent. */
  observe(startMs: number, thrown?: unknown): void {
    const code = thrown === undefined ? status.OK : codeOf(thrown);
    this.#metrics.rpcClient.observe(this.labels, (performance.now() - startMs) / 1_000);
    this.#metrics.rpcClientCalls.inc(this.#labelsFor(code));
  }

  #labelsFor(code: status): Labels {
    const known = this.#labelsByCode.get(code);
    if (known !== undefined) return known;
    const labels = Object.freeze({ ...this.labels, code: statusName(code) });
    this.#labelsByCode.set(code, labels);
    return labels;
  }
}

interface Labels {
  readonly callee: string;
  readonly method: string;
  readonly code: string;
}

function codeOf(thrown: unknown): status {
  return thrown instanceof RpcError ? thrown.code : status.UNKNOWN;
}
