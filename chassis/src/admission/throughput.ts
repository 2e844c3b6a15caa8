/** Answers are counted over the window before this one and what has passed of this one. */
const WINDOW_MS = 500;

/** How many calls a process answers in a time, over the last second at most. */
export class Throughput {
  readonly #now: () => number;
  #startMs: number;
  #before = 0;
  #current = 0;

  /** `now` returns milliseconds of a monotonic clock. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#startMs = now();
  }

  /** Counts an answer. */
  count(): void {
    this.#roll();
    this.#current += 1;
  }

  /**
   * How long it takes to answer so many calls, in milliseconds, by Little's law. Infinity if none
   * was answered lately: nothing is known then.
   */
  msFor(calls: number): number {
    const spanMs = WINDOW_MS + this.#roll();
    return (calls * spanMs) / (this.#before + this.#current);
  }

  /** Begins a new window if it is time. Returns the milliseconds since the start of this one. */
  #roll(): number {
    const now = this.#now();
    if (now - this.#startMs >= WINDOW_MS) {
      const isNext = now - this.#startMs < 2 * WINDOW_MS;
      this.#before = isNext ? this.#current : 0;
      this.#startMs = isNext ? this.#startMs + WINDOW_MS : now;
      this.#current = 0;
    }
    return now - this.#startMs;
  }
}
