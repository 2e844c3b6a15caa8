/** Silence after which a transfer is given up: until an answer begins, and between two chunks. */
export const IDLE_TIMEOUT_MS = 5_000;

/** An idle timeout: ends a transfer that makes no progress, and when disposed of whatever is left. */
export interface IdleTimeout extends Disposable {
  /**
   * Fires when nothing has moved for too long, when the caller's own signal does, and in the end.
   */
  readonly signal: AbortSignal;
  /** Begins the time again: something moved, or is waited for from now on. */
  restart(): void;
  /** Stops the time until the next restart: nothing is waited for. */
  pause(): void;
}

/** Starts an idle timeout. */
export function createIdleTimeout(timeoutMs: number, caller?: AbortSignal): IdleTimeout {
  const late = new AbortController();
  const fire = () => late.abort(new Error(`nothing came for ${timeoutMs} ms`));
  let timer = setTimeout(fire, timeoutMs);
  const pause = () => clearTimeout(timer);
  return {
    signal: caller === undefined ? late.signal : AbortSignal.any([late.signal, caller]),
    restart() {
      pause();
      // A last chunk may move while it is disposed of: nobody would stop that timer.
      if (late.signal.aborted) return;
      timer = setTimeout(fire, timeoutMs);
    },
    pause,
    [Symbol.dispose]() {
      pause();
      late.abort(new Error("nobody waits for it any more"));
    },
  };
}
