/**
 * Runs a task now, and again `pauseMs` after each end, until the returned function is called. The
 * task must not throw.
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
