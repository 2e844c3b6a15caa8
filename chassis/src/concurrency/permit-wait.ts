/** For how long a permit is of use to a caller that waits for it. */
export interface PermitWait {
  /** Fires when the caller gives up. */
  readonly signal: AbortSignal | undefined;
  /** 0 or less does not wait; infinity waits until the signal fires. */
  readonly waitMsMax: number;
}

/** How a wait begins and ends in a queue. */
export interface QueuedWait<Result> extends PermitWait {
  /** Puts the caller into the queue. Calling `end` resolves the wait. */
  readonly enter: (end: (result: Result) => void) => void;
  /** Takes the caller out of the queue, if it is still in it. */
  readonly leave: () => void;
  /** Returns the result of a wait that took as long as it may. */
  readonly timedOut: () => Result;
}

/** The longest timer of Node. A longer one would fire at once. */
const TIMER_MS_MAX = 2_147_483_647;

/**
 * Waits in a queue until it ends the wait, or the time is over. Rejects with the signal's reason if
 * that fires first. The caller has left the queue in all cases.
 */
export function waitInQueue<Result>(wait: QueuedWait<Result>): Promise<Result> {
  const { signal, waitMsMax } = wait;
  return new Promise((resolve, reject) => {
    const cleanUp = () => {
      wait.leave();
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    };
    const end = (result: Result) => {
      cleanUp();
      resolve(result);
    };
    const giveUp = () => {
      cleanUp();
      reject(signal?.reason);
    };
    const timer =
      waitMsMax <= TIMER_MS_MAX ? setTimeout(() => end(wait.timedOut()), waitMsMax) : undefined;
    signal?.addEventListener("abort", giveUp, { once: true });
    wait.enter(end);
  });
}
