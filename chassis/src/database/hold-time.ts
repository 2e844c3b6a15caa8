/** The weight of the last hold: some sixteen holds make the mean. */
const WEIGHT = 1 / 16;

/**
 * The mean time for which connections are held lately: an exponentially weighted moving average. A
 * hold is a statement or a transaction.
 */
export class HoldTime {
  readonly #now: () => number;
  readonly #startMs = new WeakMap<object, number>();
  #meanMs = 0;

  /** `now` returns milliseconds of a monotonic clock. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The mean, in milliseconds; 0 before the first hold has ended. */
  get meanMs(): number {
    return this.#meanMs;
  }

  /** A connection is lent. */
  begin(connection: object): void {
    this.#startMs.set(connection, this.#now());
  }

  /** The connection is given back. */
  end(connection: object): void {
    const startMs = this.#startMs.get(connection);
    if (startMs === undefined) return;
    this.#meanMs += (this.#now() - startMs - this.#meanMs) * WEIGHT;
  }
}
