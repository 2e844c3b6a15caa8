import { Semaphore, type SemaphoreLimits } from "@triptych/chassis/concurrency/semaphore";
import { RETRY_AFTER_MS } from "@triptych/chassis/contract/retry-after";
import type { HashingTime } from "#domain/password-hasher.ts";
import { hashingOverloaded } from "#domain/reasons.ts";

/** The limits of a queue. */
export interface HashingQueueLimits extends SemaphoreLimits {
  /** The time that a call must have left when its turn comes. With less, work does not begin. */
  readonly reserveMs: number;
}

/** The weight of a new duration in the moving average. */
const SMOOTHING = 0.1;
const WORK_MS_FIRST = 50;

/**
 * A semaphore with a bounded queue for expensive work (backpressure): first come, first served. A
 * call leaves the queue when its caller gives up or its time is over, so that the queue never fills
 * with calls of no use.
 */
export class HashingQueue {
  readonly #limits: HashingQueueLimits;
  readonly #semaphore: Semaphore;
  /** A moving average of the duration of work. It estimates how long a refused caller must wait. */
  #workMs = WORK_MS_FIRST;

  constructor(limits: HashingQueueLimits) {
    this.#limits = limits;
    this.#semaphore = new Semaphore(limits);
  }

  /** How many calls wait. */
  get queued(): number {
    return this.#semaphore.queued;
  }

  /**
   * Runs the work when its turn comes. Throws HASHING_OVERLOADED if the queue is full, or if the
   * turn does not come in time; rejects with the signal's reason if that fires first.
   */
  async run<T>({ deadline, signal }: HashingTime, work: () => Promise<T>): Promise<T> {
    const waitMsMax = deadline - this.#limits.reserveMs - Date.now();
    const acquired = await this.#semaphore.acquire({ signal, waitMsMax });
    if (acquired !== "permitted") throw hashingOverloaded(this.#retryAfterMs());
    const startMs = performance.now();
    try {
      return await work();
    } finally {
      this.#workMs += (performance.now() - startMs - this.#workMs) * SMOOTHING;
      this.#semaphore.release();
    }
  }

  /** Estimates how long the current queue takes. */
  #retryAfterMs(): number {
    const waitMs = (this.queued * this.#workMs) / this.#limits.permits;
    return Math.max(RETRY_AFTER_MS, Math.round(waitMs));
  }
}
