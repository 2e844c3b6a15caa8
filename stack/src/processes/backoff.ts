/** The wait before the first restart in a row. */
const BACKOFF_MS_MIN = 200;
/** The longest wait: a part whose fault is gone is back soon after. */
export const BACKOFF_MS_MAX = 5_000;
/** Having run for so long, a part's earlier deaths are forgotten. */
const STABLE_MS = 30_000;

/** How long to wait before what died is started again. */
interface Backoff {
  /**
   * The wait after a death, in milliseconds; `ranMs` is how long it lived. Doubles with each death
   * in a row.
   */
  next(ranMs: number): number;
}

/** Starts at the shortest wait. */
export function createBackoff(): Backoff {
  let wait = BACKOFF_MS_MIN;
  return {
    next(ranMs) {
      if (ranMs >= STABLE_MS) wait = BACKOFF_MS_MIN;
      const current = wait;
      wait = Math.min(wait * 2, BACKOFF_MS_MAX);
      return current;
    },
  };
}
