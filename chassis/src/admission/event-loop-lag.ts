/** The interval of samples while there is work. At rest nothing wakes the process. */
const SAMPLE_INTERVAL_MS = 20;
/**
 * This many samples in a row must be late. One long pause (a garbage collection, a suspended
 * machine) is no queue.
 */
const SAMPLES = 3;

/**
 * The lag of the event loop: how late its timers fire. It shows a queue that no count of calls
 * shows. It is the minimum of the last samples, as CoDel (Nichols and Jacobson) tells a standing
 * queue from a burst.
 */
export class EventLoopLag {
  #lateMs: readonly number[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** The lag now; 0 until there are enough samples. */
  get milliseconds(): number {
    return this.#lateMs.length < SAMPLES ? 0 : Math.min(...this.#lateMs);
  }

  /** Samples until `isIdle` returns true. Has no effect while it samples already. */
  watch(isIdle: () => boolean): void {
    if (this.#timer !== undefined) return;
    const expectedMs = performance.now() + SAMPLE_INTERVAL_MS;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const lateMs = Math.max(0, performance.now() - expectedMs);
      this.#lateMs = [...this.#lateMs, lateMs].slice(-SAMPLES);
      if (isIdle()) this.#lateMs = [];
      else this.watch(isIdle);
    }, SAMPLE_INTERVAL_MS);
    this.#timer.unref();
  }
}
