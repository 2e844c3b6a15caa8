import { status } from "@grpc/grpc-js";
import { Semaphore, type Waiter } from "#concurrency/semaphore.ts";
import type { MethodPlan } from "#contract/method-plan.ts";
import { RETRY_AFTER_MS } from "#contract/retry-after.ts";
import { RpcError, refusal, statusName } from "#contract/rpc-error.ts";
import type { Verdict } from "#contract/verdict.ts";
import type { BreakerState, ObserveBreaker } from "#telemetry/breaker-state.ts";
import type { Logger } from "#telemetry/logger.ts";
import type { Metrics } from "#telemetry/metrics.ts";
import { Breaker } from "./breaker.ts";

/** What a gate needs. */
export interface GateOptions {
  /** The short name of the callee in metrics and messages: `users`. */
  readonly callee: string;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Whether the callee can do its work. Never rejects. */
  readonly isServing: () => Promise<boolean>;
  /** Takes each breaker's state, besides the metrics and the log. */
  readonly observeBreaker?: ObserveBreaker;
}

/** A call that waits for a place. */
export interface QueuedCall extends Waiter {
  /** Called once, when the breaker opens and empties the queue. */
  onEvicted(): void;
}

/**
 * What one method of one callee knows of that callee: circuit breaker, bulkhead and counters. The
 * breaker is asked before the bulkhead, so that no call waits for a place at a callee that is not
 * asked; it is asked again after a wait, and empties the queue when it opens. Without the failure
 * policy the gate counts, and refuses nothing.
 */
export class Gate {
  readonly labels: { readonly callee: string; readonly method: string };
  readonly #name: string;
  readonly #metrics: Metrics;
  readonly #breaker: Breaker | undefined;
  /** The bulkhead: keeps one method from taking all that a process has. */
  readonly #places: Semaphore<QueuedCall>;
  readonly #labelsByCode = new Map<status, Labels>();

  constructor({ name, isDefended, bulkhead }: MethodPlan, options: GateOptions) {
    const { callee, metrics, logger, isServing } = options;
    this.labels = Object.freeze({ callee, method: name });
    this.#name = `${callee} ${name}`;
    this.#metrics = metrics;
    this.#places = new Semaphore({
      permits: bulkhead.inFlightMax,
      queueMax: bulkhead.queuedMax,
    });
    metrics.client.watchBulkhead(this.labels, this.#places);
    if (!isDefended) return;
    this.#breaker = new Breaker(callee, name, {
      logger,
      isServing,
      observe(breaker) {
        metrics.observeBreaker(breaker);
        options.observeBreaker?.(breaker);
      },
      onOpen: () => {
        for (const call of this.#places.evict()) call.onEvicted();
      },
    });
  }

  /** What the breaker is now; undefined if there is none. */
  get breakerState(): BreakerState | undefined {
    return this.#breaker?.state;
  }

  /** Returns why the breaker lets no call through; undefined if it does. */
  refusal(): RpcError | undefined {
    return this.#breaker?.refusal();
  }

  /** Takes a place if one is free. */
  enter(): boolean {
    return this.#places.tryAcquire();
  }

  /** Has a call wait for a place, which its `onPermit` is given. False: the queue is full. */
  queue(call: QueuedCall): boolean {
    return this.#places.enqueue(call);
  }

  /** Takes a call out of the queue. */
  withdraw(call: QueuedCall): void {
    this.#places.leave(call);
  }

  /** Hands the place of a call to the next, or frees it. */
  leave(): void {
    this.#places.release();
  }

  /** Makes the error of a call that found no place in time. */
  full(): RpcError {
    const message = `${this.#name}: not asked, since too many calls wait for it already`;
    return refusal(status.RESOURCE_EXHAUSTED, message, {
      reason: "BULKHEAD_FULL",
      retryAfterMs: RETRY_AFTER_MS,
    });
  }

  /**
   * Begins a call that has a place and was not refused. Returns whether it is a breaker's probe.
   */
  begin(): boolean {
    return this.#breaker?.begin() ?? false;
  }

  /** Takes the outcome of a call that had begun. */
  tell(verdict: Verdict, isProbe: boolean): void {
    this.#breaker?.end(verdict.health, isProbe);
  }

  /** Counts a call that was not made. It took no time, so no duration is observed. */
  countRefused(error: RpcError): void {
    this.#metrics.client.refusedCalls.inc({ ...this.labels, reason: error.reason });
  }

  /** Counts a second try. */
  countExtra(): void {
    this.#metrics.client.extraCalls.inc(this.labels);
  }

  /** Observes how long a call took that was made, and how it ended. */
  observe(startMs: number, thrown?: unknown): void {
    const code = thrown === undefined ? status.OK : codeOf(thrown);
    this.#metrics.rpcClient.observe(this.#labelsFor(code), (performance.now() - startMs) / 1_000);
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
