/** A process begins with room for a crowd, and learns within a second or two what it can take. */
const LIMIT_FIRST = 512;
const LIMIT_MIN = 256;
const LIMIT_MAX = 2_048;
/**
 * Answers may take this many times as long as in calm before the limit falls: a queue as long as
 * the work itself.
 */
const TOLERANCE = 2;
/**
 * The limit falls by no more than this factor at once, so that one odd moment does not halve it
 * twice.
 */
const GRADIENT_MIN = 0.5;
/** How much of the way to the new limit is gone in one step. */
const SMOOTHING = 0.5;
/** The limit moves at most this often, in milliseconds, and on no fewer samples. */
const WINDOW_MS = 100;
const SAMPLES_MIN = 10;
/**
 * A method that got faster is believed soon; one that got slower only over minutes, or overload
 * would pass for calm.
 */
const CALM_FALL = 0.3;
const CALM_RISE = 1.001;
/**
 * The limit grows only when at least this part of it was used: what was not tried is not known to
 * work.
 */
const USED_MIN = 0.5;
/**
 * An answer that takes twice this is no slow one, whatever calm is: a crowd that is served so fast
 * is not turned away. In milliseconds.
 */
const CALM_MS_MIN = 25;
/** A method with fewer of a window's samples than this part says nothing of the process. */
const SAMPLES_SHARE_MIN = 0.1;

interface Window {
  sumMs: number;
  count: number;
}

/**
 * How many calls a process can work on at once, learnt from how long they take: when answers take
 * longer than in calm, there are more calls than the scarcest resource behind them serves, and the
 * limit falls; while they do not, it grows by the root of itself. After the gradient algorithm of
 * Netflix' concurrency-limits (Gradient2Limit), with three differences: a call is compared with the
 * calm latency of its own method, since one process serves methods that take 1 ms and 300 ms; the
 * method that suffers least decides, since what all share is slow only if it is, and what one
 * method alone waits for (the hashing of passwords) has a bound of its own; and calm may rise only
 * slowly.
 */
export class ConcurrencyLimit {
  readonly #now: () => number;
  readonly #calmMs = new Map<string, number>();
  readonly #windows = new Map<string, Window>();
  #limit = LIMIT_FIRST;
  #windowStartMs: number;
  #samples = 0;
  #inFlightMax = 0;

  /** `now` gives milliseconds that never go back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#windowStartMs = now();
  }

  /** How many calls there may be at once. */
  get value(): number {
    return Math.floor(this.#limit);
  }

  /** How long a call of the method takes in calm, in milliseconds; undefined before it is known. */
  calmMs(method: string): number | undefined {
    return this.#calmMs.get(method);
  }

  /** Learns from a call that was worked on, and from how many there were at once. */
  learn(method: string, durationMs: number, inFlight: number): void {
    const window = this.#windows.get(method) ?? { sumMs: 0, count: 0 };
    window.sumMs += durationMs;
    window.count += 1;
    this.#windows.set(method, window);
    this.#samples += 1;
    this.#inFlightMax = Math.max(this.#inFlightMax, inFlight);
    const isOver = this.#now() - this.#windowStartMs >= WINDOW_MS;
    if (isOver && this.#samples >= SAMPLES_MIN) this.#adapt();
  }

  #adapt(): void {
    let slowness = Number.POSITIVE_INFINITY;
    for (const [method, { sumMs, count }] of this.#windows) {
      const meanMs = sumMs / count;
      const calmMs = Math.max(CALM_MS_MIN, this.#learnCalm(method, meanMs));
      if (count >= this.#samples * SAMPLES_SHARE_MIN)
        slowness = Math.min(slowness, meanMs / calmMs);
    }
    const gradient = Math.min(1, Math.max(GRADIENT_MIN, TOLERANCE / slowness));
    const wasUsed = this.#inFlightMax >= this.#limit * USED_MIN;
    if (gradient < 1 || wasUsed) {
      const next = this.#limit * gradient + Math.sqrt(this.#limit);
      const smoothed = this.#limit + (next - this.#limit) * SMOOTHING;
      this.#limit = Math.min(LIMIT_MAX, Math.max(LIMIT_MIN, smoothed));
    }
    this.#windows.clear();
    this.#samples = 0;
    this.#inFlightMax = 0;
    this.#windowStartMs = this.#now();
  }

  #learnCalm(method: string, meanMs: number): number {
    const before = this.#calmMs.get(method) ?? meanMs;
    const calmMs = meanMs < before ? before + (meanMs - before) * CALM_FALL : before * CALM_RISE;
    this.#calmMs.set(method, calmMs);
    return calmMs;
  }
}
