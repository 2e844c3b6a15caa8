/** Ends what makes no progress. */
export interface Watchdog extends Disposable {
  /** Fires when nothing has moved for too long, or the caller's own signal does. */
  readonly signal: AbortSignal;
  /** Something moved, or is to move from now on: the time begins again. */
  touch(): void;
  /** Nothing is waited for: no time passes until the next touch. */
  rest(): void;
}

/** Makes a watchdog whose time, in milliseconds, begins now. */
export function createWatchdog(timeoutMs: number, caller?: AbortSignal): Watchdog {
  const late = new AbortController();
  const fire = () => late.abort(new Error(`nothing came for ${timeoutMs} ms`));
  let timer = setTimeout(fire, timeoutMs);
  const rest = () => clearTimeout(timer);
  return {
    signal: caller === undefined ? late.signal : AbortSignal.any([late.signal, caller]),
    touch() {
      rest();
      timer = setTimeout(fire, timeoutMs);
    },
    rest,
    [Symbol.dispose]: rest,
  };
}
