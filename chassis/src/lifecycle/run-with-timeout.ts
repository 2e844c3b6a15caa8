/**
 * Runs an operation with a timeout. When it is over, the operation's signal is aborted, and nobody
 * waits for it any longer.
 *
 * @returns whether the operation ended in time.
 * @throws what the operation throws in time. A later error is dropped.
 */
export async function runWithTimeout(
  run: (signal: AbortSignal) => Promise<void>,
  timeoutMs: number,
): Promise<boolean> {
  const controller = new AbortController();
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => {
    controller.abort(new Error(`the ${timeoutMs} ms for it are over`));
    late.resolve(false);
  }, timeoutMs);
  try {
    return await Promise.race([run(controller.signal).then(() => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
