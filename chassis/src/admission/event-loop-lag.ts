/**
 * How often the delay is looked at while there is work, in milliseconds. At rest nothing wakes the
 * process up.
 */
const LOOK_MS = 20;
/**
 * So many looks in a row must be late: one long pause (garbage collection, a machine that stood
 * still) is no queue.
 */
const LOOKS = 3;

/**
 * How late the event loop comes to what it should do, in milliseconds: the queue that no count of
 * calls shows. It is the least of the last looks, as CoDel (Nichols and Jacobson) tells a queue
 * that stands from a burst that passes.
 */
export class EventLoopLag {
  #lateMs: readonly number[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** The delay now; 0 until there were enough looks. */
  get milliseconds(): number {
    return this.#lateMs.length < LOOKS ? 0 : Math.min(...this.#lateMs);
  }

  /**
   * Looks until `isIdle` says that there is no more work. Called at the beginning of work; further
   * calls change nothing.
   */
  watch(isIdle: () => boolean): void {
    if (this.#timer !== undefined) return;
    const expectedMs = performance.now() + LOOK_MS;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const lateMs = Math.max(0, performance.now() - expectedMs);
      this.#lateMs = [...this.#lateMs, lateMs].slice(-LOOKS);
      if (isIdle()) this.#lateMs = [];
      else this.watch(isIdle);
    }, LOOK_MS);
    this.#timer.unref();
  }
}
