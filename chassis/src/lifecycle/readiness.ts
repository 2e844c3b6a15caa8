/**
 * Whether a process should be sent traffic: one answer for its probes, its health service and its
 * balancer.
 */
export interface Readiness {
  readonly isReady: () => boolean;
  /** Changes the answer, and tells those who watch if it is another. */
  readonly set: (isReady: boolean) => void;
  /** Calls the listener at each change, until the function that it returns is called. */
  readonly watch: (listener: (isReady: boolean) => void) => () => void;
}

/** Makes a readiness that says no, until somebody says otherwise. */
export function createReadiness(): Readiness {
  const listeners = new Set<(isReady: boolean) => void>();
  let ready = false;

  return {
    isReady: () => ready,
    set: (isReady) => {
      if (isReady === ready) {
        return;
      }
      ready = isReady;
      for (const listener of listeners) {
        listener(isReady);
      }
    },
    watch: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
