import { canceledBy, DatabaseUnavailable } from "./database-error.ts";

/** For how long a place is still of use to who waits for it. */
export interface Wait {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** So many places, handed out in the order of asking. Who gives up leaves the line, and takes no place later. */
export class Slots {
  readonly #waiting = new Set<() => void>();
  #free: number;

  constructor(max: number) {
    this.#free = max;
  }

  /** How many wait for a place. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Takes a place, which must be given back. Throws DatabaseUnavailable if none comes free in time, and QueryCanceled if the signal fires. */
  async take({ timeoutMs, signal }: Wait): Promise<void> {
    if (signal?.aborted) throw canceledBy(signal);
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = () => {
      this.#waiting.delete(enter);
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    };
    const enter = () => {
      leave();
      resolve();
    };
    const giveUp = () => {
      leave();
      if (signal !== undefined) reject(canceledBy(signal));
    };
    const timer = setTimeout(() => {
      leave();
      reject(new DatabaseUnavailable(`no connection came free within ${timeoutMs} ms`));
    }, timeoutMs);
    signal?.addEventListener("abort", giveUp, { once: true });
    this.#waiting.add(enter);
    await promise;
  }

  /** Gives a place back, to whoever waits longest. */
  give(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free += 1;
    else next();
  }
}
