/** How often the delay is looked at while there is work, in milliseconds. At rest nothing wakes the process up. */
const LOOK_MS = 20;
/** How much of the way to the newest look is gone: a single pause (garbage collection) is not a state. */
const SMOOTHING = 0.3;

/** How late the event loop comes to what it should do, in milliseconds: the queue that no count of calls shows. */
export class EventLoopLag {
  #smoothedMs = 0;
  #timer: NodeJS.Timeout | undefined;

  /** The delay now, smoothed. */
  get milliseconds(): number {
    return this.#smoothedMs;
  }

  /** Looks until `isIdle` says that there is no more work. Called at the beginning of work; further calls change nothing. */
  watch(isIdle: () => boolean): void {
    if (this.#timer !== undefined) return;
    const expectedMs = performance.now() + LOOK_MS;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const lateMs = Math.max(0, performance.now() - expectedMs);
      this.#smoothedMs += (lateMs - this.#smoothedMs) * SMOOTHING;
      if (isIdle()) this.#smoothedMs = 0;
      else this.watch(isIdle);
    }, LOOK_MS);
    this.#timer.unref();
  }
}
