/** The window of a key. */
interface Window {
  readonly startMs: number;
  count: number;
}

/** The options of a counter. */
export interface WindowCounterOptions {
  /** How many a key may have in one window. */
  readonly max: number;
  readonly windowMs: number;
  /** How many keys are remembered: beyond it the oldest window is forgotten. */
  readonly keysMax: number;
  /** The clock, in milliseconds; `performance.now` if not given. */
  readonly now?: () => number;
}

/**
 * A rate limit by fixed windows: the first event of a key opens its window, which counts all until
 * it ends. What is above the limit is counted too. Synchronous: a promise for each request costs
 * more than to count it.
 */
export class WindowCounter {
  readonly #max: number;
  readonly #windowMs: number;
  readonly #keysMax: number;
  readonly #now: () => number;
  /** In the order in which they were opened, and so in which they end. */
  readonly #windows = new Map<string, Window>();

  constructor({ max, windowMs, keysMax, now = () => performance.now() }: WindowCounterOptions) {
    this.#max = max;
    this.#windowMs = windowMs;
    this.#keysMax = keysMax;
    this.#now = now;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#windows.size;
  }

  /** Counts an event of a key. Returns 0, or for how many milliseconds it is above the limit. */
  take(key: string): number {
    const nowMs = this.#now();
    const window = this.#windows.get(key);
    if (window === undefined || nowMs >= window.startMs + this.#windowMs) {
      this.#open(key, nowMs);
      return this.#max >= 1 ? 0 : this.#windowMs;
    }
    window.count++;
    return window.count <= this.#max ? 0 : window.startMs + this.#windowMs - nowMs;
  }

  #open(key: string, nowMs: number): void {
    this.#windows.delete(key);
    for (const [oldest, { startMs }] of this.#windows) {
      if (nowMs < startMs + this.#windowMs && this.#windows.size < this.#keysMax) break;
      this.#windows.delete(oldest);
    }
    this.#windows.set(key, { startMs: nowMs, count: 1 });
  }
}
