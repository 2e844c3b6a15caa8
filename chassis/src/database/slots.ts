import { canceledBy, PoolBusy } from "./database-error.ts";

/** For how long a place is still of use to who waits for it. */
export interface Wait {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Who has more goes before who has less; the same by default. */
  readonly priority?: number;
}

interface Waiter {
  readonly enter: () => void;
  readonly priority: number;
}

/**
 * So many places, handed out by priority, and then in the order of asking. Who gives up leaves the
 * line, and takes no place later.
 */
export class Slots {
  readonly #waiting = new Set<Waiter>();
  #free: number;

  constructor(max: number) {
    this.#free = max;
  }

  /** How many wait for a place. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Takes a place, which must be given back. Throws PoolBusy if none comes free in time, and
   * QueryCanceled if the signal fires.
   */
  async take({ timeoutMs, signal, priority = 0 }: Wait): Promise<void> {
    if (signal?.aborted) throw canceledBy(signal);
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = () => {
      this.#waiting.delete(waiter);
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    };
    const waiter: Waiter = {
      priority,
      enter: () => {
        leave();
        resolve();
      },
    };
    const giveUp = () => {
      leave();
      if (signal !== undefined) reject(canceledBy(signal));
    };
    const timer = setTimeout(() => {
      leave();
      reject(new PoolBusy(`no connection came free within ${Math.round(timeoutMs)} ms`));
    }, timeoutMs);
    signal?.addEventListener("abort", giveUp, { once: true });
    this.#waiting.add(waiter);
    await promise;
  }

  /** Gives a place back, to whoever matters most, and of those waits longest. */
  give(): void {
    let next: Waiter | undefined;
    for (const waiter of this.#waiting) {
      if (next === undefined || waiter.priority > next.priority) next = waiter;
    }
    if (next === undefined) this.#free += 1;
    else next.enter();
  }
}
