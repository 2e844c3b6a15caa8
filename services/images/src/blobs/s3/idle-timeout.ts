/** Ends what makes no progress, and, when it is disposed of, what is not over then. */
export interface IdleTimeout extends Disposable {
  /**
   * Fires when nothing has moved for too long, when the caller's own signal does, and in the end.
   */
  readonly signal: AbortSignal;
  /** Something moved, or is to move from now on: the time begins again. */
  touch(): void;
  /** Nothing is waited for: no time passes until the next touch. */
  rest(): void;
}

/** Makes a watchdog whose time, in milliseconds, begins now. */
export function createWatchdog(timeoutMs: number, caller?: AbortSignal): IdleTimeout {
  const late = new AbortController();
  const fire = () => late.abort(new Error(`nothing came for ${timeoutMs} ms`));
  let timer = setTimeout(fire, timeoutMs);
  const rest = () => clearTimeout(timer);
  return {
    signal: caller === undefined ? late.signal : AbortSignal.any([late.signal, caller]),
    touch() {
      rest();
      // A last chunk may move while it is disposed of: nobody would stop that timer.
      if (late.signal.aborted) return;
      timer = setTimeout(fire, timeoutMs);
    },
    rest,
    [Symbol.dispose]() {
      rest();
      late.abort(new Error("nobody waits for it any more"));
    },
  };
}
