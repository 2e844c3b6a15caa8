/**
 * Whether a process should receive traffic: one state for its probes, its health service and its
 * load balancer.
 */
export interface Readiness {
  readonly isReady: () => boolean;
  /** Changes the state, and calls the listeners if it differs. */
  readonly set: (isReady: boolean) => void;
  /** Calls the listener at each change, until the returned function is called. */
  readonly watch: (listener: (isReady: boolean) => void) => () => void;
}

/** Returns a readiness that is false at first. */
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
