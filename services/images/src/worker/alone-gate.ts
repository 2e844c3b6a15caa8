/** A gate that lets many tasks run at once, or one alone: a readers-writer lock. */
export interface AloneGate {
  /** Runs a task among others. It waits while one runs alone. */
  among<Result>(task: () => Promise<Result>): Promise<Result>;
  /** Runs a task alone. It waits for those that run, and the ones after it wait for it. */
  alone<Result>(task: () => Promise<Result>): Promise<Result>;
}

/** See {@link AloneGate}. */
export function createAloneGate(): AloneGate {
  const running = new Set<Promise<unknown>>();
  /** Settles when the last task that is to run alone has ended. Never rejects. */
  let lastAlone: Promise<unknown> | undefined;
  return {
    async among(task) {
      while (lastAlone !== undefined) await lastAlone;
      const run = task();
      running.add(run);
      try {
        return await run;
      } finally {
        running.delete(run);
      }
    },
    alone(task) {
      const before = lastAlone;
      const run = (async () => {
        await before;
        await Promise.allSettled(running);
        return await task();
      })();
      const ended = Promise.allSettled([run]).then(() => {
        if (lastAlone === ended) lastAlone = undefined;
      });
      lastAlone = ended;
      return run;
    },
  };
}
