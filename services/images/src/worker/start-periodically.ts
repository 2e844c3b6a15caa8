/**
 * Runs something now, and again so many milliseconds after each end, until the function that it
 * returns is called. `run` must not throw.
 */
export function startPeriodically(run: () => Promise<void>, pauseMs: number): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const next = async () => {
    await run();
    if (stopped) return;
    timer = setTimeout(next, pauseMs);
    timer.unref();
  };
  void next();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
