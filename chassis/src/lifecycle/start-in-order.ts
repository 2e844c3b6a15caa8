/** Something that is started once and stopped once. */
export interface Part {
  /** As it follows "the": `database`. */
  readonly name: string;
  readonly start: () => Promise<void> | void;
  readonly stop: () => Promise<void> | void;
}

/**
 * Starts parts one after the other. If one fails, those before it are stopped again, the last
 * first.
 *
 * @returns what stops all of them, the last first; it goes on past one that fails, and throws its
 *   error at the end.
 *   Called again, it gives the same promise.
 * @throws Error that names the part that failed, the part's own error in `cause`.
 */
export async function startInOrder(parts: readonly Part[]): Promise<() => Promise<void>> {
  const started = new AsyncDisposableStack();
  for (const { name, start, stop } of parts) {
    try {
      await start();
    } catch (cause) {
      await started.disposeAsync().catch((stopping: unknown) => {
        throw new SuppressedError(stopping, didNotStart(name, cause), describeUnwinding(name));
      });
      throw didNotStart(name, cause);
    }
    started.defer(stop);
  }

  let stopped: Promise<void> | undefined;
  return () => {
    stopped ??= started.disposeAsync();
    return stopped;
  };
}

function didNotStart(name: string, cause: unknown): Error {
  return new Error(`the ${name} did not start`, { cause });
}

function describeUnwinding(name: string): string {
  return `the ${name} did not start, and what was started before it did not stop`;
}
