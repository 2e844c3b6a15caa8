import type { HashingTime } from "#domain/password-hasher.ts";
import { hashingOverloaded } from "#domain/reasons.ts";

/** The limits of a queue. */
export interface HashingQueueOptions {
  /** How many run at once. */
  readonly concurrency: number;
  /** How many may wait; a further one is refused at once. */
  readonly waitingMax: number;
  /**
   * What must be left of a call's time when its turn comes, in milliseconds: less is not worth
   * beginning.
   */
  readonly reserveMs: number;
}

interface Waiting {
  readonly start: () => void;
}

const RETRY_AFTER_MS_MIN = 1_000;

/**
 * Runs a few pieces of dear work at once, and lets a bounded number wait for their turn, first come
 * first served. What is of no more use leaves the queue by itself, so that a queue full of callers
 * who gave up holds nobody back.
 */
export class HashingQueue {
  readonly #options: HashingQueueOptions;
  readonly #waiting = new Set<Waiting>();
  #running = 0;
  /** How long a piece took of late, in milliseconds: tells a refused caller when to come again. */
  #workMs = 50;

  constructor(options: HashingQueueOptions) {
    this.#options = options;
  }

  /** How many wait now. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Runs the work when its turn comes. Throws HASHING_OVERLOADED if too many wait, or if the turn
   * does not come in time; rejects with the signal's reason if that fires first.
   */
  async run<T>(call: HashingTime, work: () => Promise<T>): Promise<T> {
    call.signal.throwIfAborted();
    if (this.#running >= this.#options.concurrency) await this.#turn(call);
    else this.#running++;
    const startMs = performance.now();
    try {
      return await work();
    } finally {
      this.#workMs += (performance.now() - startMs - this.#workMs) / 10;
      this.#pass();
    }
  }

  /** Waits until a place is handed over by whoever had it. */
  #turn({ deadline, signal }: HashingTime): Promise<void> {
    const waitMsMax = deadline - this.#options.reserveMs - Date.now();
    if (this.#waiting.size >= this.#options.waitingMax || waitMsMax <= 0) {
      return Promise.reject(this.#overloaded());
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
        this.#waiting.delete(waiting);
      };
      const abort = () => {
        leave();
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        leave();
        reject(this.#overloaded());
      }, waitMsMax);
      const waiting: Waiting = {
        start: () => {
          leave();
          resolve();
        },
      };
      signal.addEventListener("abort", abort, { once: true });
      this.#waiting.add(waiting);
    });
  }

  /** Hands the place over to the one that has waited longest, or gives it back. */
  #pass(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#running--;
    else next.start();
  }

  #overloaded() {
    const { concurrency } = this.#options;
    const waitMs = (this.#waiting.size * this.#workMs) / concurrency;
    return hashingOverloaded(Math.max(RETRY_AFTER_MS_MIN, Math.round(waitMs)));
  }
}
