import { status } from "@grpc/grpc-js";
import { deadlineExceeded } from "#contract/cancellation.ts";
import { RETRY_AFTER_MS } from "#contract/retry-after.ts";
import { RpcError } from "#contract/rpc-error.ts";

/** The limits of a bulkhead. */
export interface BulkheadLimits {
  /** How many calls may be under way. */
  readonly inFlightMax: number;
  /** How many more may wait for their turn. */
  readonly queuedMax: number;
  /** How long one waits at most, in milliseconds. */
  readonly waitMsMax: number;
}

/** For how long a call that waits is still of use. */
export interface BulkheadCall {
  /** In milliseconds since the epoch. */
  readonly deadline: number;
  /** Fires when the caller gives up. */
  readonly signal: AbortSignal;
}

interface Waiter {
  readonly enter: () => void;
}

/**
 * Keeps one method of one callee from taking all that a process has: so many calls at once, a short
 * queue, and no more. A call that waits longer than it may, or than it is of use, leaves the queue
 * by itself, so that nothing expired is ever sent.
 */
export class Bulkhead {
  readonly #name: string;
  readonly #limits: BulkheadLimits;
  readonly #waiting = new Set<Waiter>();
  #inFlight = 0;

  constructor(name: string, limits: BulkheadLimits) {
    this.#name = name;
    this.#limits = limits;
  }

  /** How many calls are under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** How many wait for their turn. */
  get queued(): number {
    return this.#waiting.size;
  }

  /**
   * Runs a call when there is room. Throws RESOURCE_EXHAUSTED, `BULKHEAD_FULL`, if there is none in
   * time.
   */
  async run<T>(call: () => Promise<T>, useful: BulkheadCall): Promise<T> {
    if (this.#inFlight < this.#limits.inFlightMax) this.#inFlight += 1;
    else await this.#wait(useful);
    try {
      return await call();
    } finally {
      this.#leave();
    }
  }

  /** Hands the place to whoever waits longest, or frees it. */
  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#inFlight -= 1;
    else next.enter();
  }

  #wait({ deadline, signal }: BulkheadCall): Promise<void> {
    if (this.#waiting.size >= this.#limits.queuedMax) return Promise.reject(this.#full());
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(waiter);
        clearTimeout(timer);
        signal.removeEventListener("abort", giveUp);
      };
      const waiter: Waiter = {
        enter: () => {
          leave();
          resolve();
        },
      };
      const giveUp = () => {
        leave();
        reject(signal.reason);
      };
      const leftMs = deadline - Date.now();
      const timer = setTimeout(
        () => {
          leave();
          reject(leftMs <= this.#limits.waitMsMax ? deadlineExceeded() : this.#full());
        },
        Math.max(0, Math.min(leftMs, this.#limits.waitMsMax)),
      );
      signal.addEventListener("abort", giveUp, { once: true });
      this.#waiting.add(waiter);
    });
  }

  #full(): RpcError {
    const message = `${this.#name}: not asked, since too many calls wait for it already`;
    return new RpcError(status.RESOURCE_EXHAUSTED, message, {
      reason: "BULKHEAD_FULL",
      retryAfterMs: RETRY_AFTER_MS,
    });
  }
}
