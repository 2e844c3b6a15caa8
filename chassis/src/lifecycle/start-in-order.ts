/** A part of a process, which is started once and stopped once. */
export interface Part {
  /** Follows "the" in a sentence: `database`. */
  readonly name: string;
  readonly start: () => Promise<void> | void;
  readonly stop: () => Promise<void> | void;
}

/**
 * Starts parts one after the other. If one fails, the ones before it are stopped, the last first.
 *
 * @returns a function that stops all parts, the last first. It continues after a part that fails,
 *   and throws that error at the end. A second call returns the same promise.
 * @throws Error that names the part that failed, with the part's own error as its `cause`.
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
