import { Semaphore, type SemaphoreLimits } from "@triptych/chassis/concurrency/semaphore";
import { RETRY_AFTER_MS } from "@triptych/chassis/contract/retry-after";
import type { HashingTime } from "#domain/password-hasher.ts";
import { hashingOverloaded } from "#domain/reasons.ts";

/** The limits of a queue. */
export interface HashingQueueLimits extends SemaphoreLimits {
  /** What must be left of a call's time when its turn comes: with less, work does not begin. */
  readonly reserveMs: number;
}

/** How much of the average duration a new one replaces: a tenth. */
const SMOOTHING = 0.1;
const WORK_MS_FIRST = 50;

/**
 * A semaphore with a bounded queue for expensive work: first come, first served. A call that is of
 * no more use leaves the queue by itself, so that a queue full of callers who gave up holds nobody
 * back.
 */
export class HashingQueue {
  readonly #limits: HashingQueueLimits;
  readonly #semaphore: Semaphore;
  /** A moving average of how long work takes, from which a refused caller's wait is estimated. */
  #workMs = WORK_MS_FIRST;

  constructor(limits: HashingQueueLimits) {
    this.#limits = limits;
    this.#semaphore = new Semaphore(limits);
  }

  /** How many wait now. */
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

  /** Estimates when the queue that is there now will be empty. */
  #retryAfterMs(): number {
    const waitMs = (this.queued * this.#workMs) / this.#limits.permits;
    return Math.max(RETRY_AFTER_MS, Math.round(waitMs));
  }
}
