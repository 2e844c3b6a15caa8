/** The first limit is high. Within a second or two it is learnt. */
const LIMIT_FIRST = 512;
const LIMIT_MIN = 256;
const LIMIT_MAX = 2_048;
/**
 * Latencies up to this many times the baseline do not lower the limit: a call then queues for as
 * long as it is worked on.
 */
const TOLERANCE = 2;
/** The limit falls by no more than this factor in one step, so that one odd window does little. */
const GRADIENT_MIN = 0.5;
/** The part of the way to the new limit that one step goes. */
const SMOOTHING = 0.5;
/** The limit moves at most once in a window, and on no fewer samples. */
const WINDOW_MS = 100;
const SAMPLES_MIN = 10;
/**
 * How quickly a method's baseline follows its latency, for each window. Down quickly; up only over
 * minutes, or overload would become the baseline.
 */
const BASELINE_FALL = 0.3;
const BASELINE_RISE = 1.001;
/** The limit grows only if at least this part of it was used: an unused limit proves nothing. */
const USED_MIN = 0.5;
/** Floor of the baseline latency: below twice this, no answer counts as slow. */
const BASELINE_MS_MIN = 25;
/** A method with a smaller part of a window's samples does not count. */
const SAMPLES_SHARE_MIN = 0.1;

interface Window {
  sumMs: number;
  count: number;
}

/**
 * An adaptive concurrency limit: how many calls a process can work on at once, learnt from their
 * latency. Latency above the baseline shows a queue at the scarcest resource, and the limit falls;
 * otherwise it grows by its square root. The baseline is the latency without load ("no-load RTT").
 *
 * After the gradient algorithm of Netflix' concurrency-limits (Gradient2Limit), with three
 * differences:
 * - A call is compared with the baseline of its own method, since one process serves methods that
 *   take 1 ms and 300 ms.
 * - The method that suffers least decides. A shared resource slows every method; what slows one
 *   method alone (the hashing of passwords) has its own bound.
 * - A baseline rises slowly.
 */
export class ConcurrencyLimit {
  readonly #now: () => number;
  readonly #baselineMs = new Map<string, number>();
  readonly #windows = new Map<string, Window>();
  #limit = LIMIT_FIRST;
  #windowStartMs: number;
  #samples = 0;
  #inFlightMax = 0;

  /** `now` returns milliseconds of a monotonic clock. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#windowStartMs = now();
  }

  /** How many calls may be in flight. */
  get value(): number {
    return Math.floor(this.#limit);
  }

  /** The baseline latency of a method; undefined before its first call. */
  baselineMs(method: string): number | undefined {
    return this.#baselineMs.get(method);
  }

  /** Takes in the latency of one call, and how many were in flight when it ended. */
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
      const baselineMs = Math.max(BASELINE_MS_MIN, this.#learnBaseline(method, meanMs));
      if (count >= this.#samples * SAMPLES_SHARE_MIN)
        slowness = Math.min(slowness, meanMs / baselineMs);
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

  #learnBaseline(method: string, meanMs: number): number {
    const before = this.#baselineMs.get(method) ?? meanMs;
    const baselineMs =
      meanMs < before ? before + (meanMs - before) * BASELINE_FALL : before * BASELINE_RISE;
    this.#baselineMs.set(method, baselineMs);
    return baselineMs;
  }
}
