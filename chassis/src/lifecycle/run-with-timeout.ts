/**
 * Runs something that must end in time: its signal is aborted when `timeoutMs` is over, and then it
 * is not waited for any longer.
 *
 * @returns whether it ended in time.
 * @throws what it throws in time; what it throws later is dropped, since nobody waits.
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
