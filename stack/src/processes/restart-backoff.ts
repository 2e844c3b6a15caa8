import { exponentialBackoff } from "@triptych/chassis/concurrency/exponential-backoff";

/** The pause before the first restart in a row. */
const BACKOFF_MS_FIRST = 200;
/** The longest pause: a part whose failure has ended is back soon after. */
export const BACKOFF_MS_MAX = 5_000;
/** After a run of this length the deaths before it do not count. */
const STABLE_MS = 30_000;

/** The pauses before the restarts of one process. */
interface RestartBackoff {
  /** Returns the pause after a death, in milliseconds. `ranMs` is how long the process had run. */
  next(ranMs: number): number;
}

/** Exponential backoff between restarts: it doubles with each death in a row. */
export function createRestartBackoff(): RestartBackoff {
  const pauseAfter = exponentialBackoff({ firstMs: BACKOFF_MS_FIRST, maxMs: BACKOFF_MS_MAX });
  let deaths = 0;
  return {
    next(ranMs) {
      deaths = ranMs >= STABLE_MS ? 1 : deaths + 1;
      return pauseAfter(deaths);
    },
  };
}
