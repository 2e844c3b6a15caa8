/** The longest time without a byte: until an answer begins, and between two chunks. */
export const IDLE_TIMEOUT_MS = 5_000;

/** An idle timeout: ends a transfer that makes no progress. Its disposal ends whatever is left. */
export interface IdleTimeout extends Disposable {
  /** Fires after too long without progress, when the caller's own signal fires, and at disposal. */
  readonly signal: AbortSignal;
  /** Starts the time from 0: a byte moved, or is waited for from now on. */
  restart(): void;
  /** Stops the time until the next restart: no byte is waited for. */
  pause(): void;
}

/** Starts an idle timeout. */
export function createIdleTimeout(timeoutMs: number, caller?: AbortSignal): IdleTimeout {
  const late = new AbortController();
  const fire = () => late.abort(new Error(`no byte moved for ${timeoutMs} ms`));
  let timer = setTimeout(fire, timeoutMs);
  const pause = () => clearTimeout(timer);
  return {
    signal: caller === undefined ? late.signal : AbortSignal.any([late.signal, caller]),
    restart() {
      pause();
      // A last chunk may move during disposal. Nobody would clear that timer.
      if (late.signal.aborted) return;
      timer = setTimeout(fire, timeoutMs);
    },
    pause,
    [Symbol.dispose]() {
      pause();
      late.abort(new Error("the transfer is over"));
    },
  };
}
