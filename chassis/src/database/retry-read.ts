import { setTimeout as delay } from "node:timers/promises";
import { CannotConnect, ConnectionLost } from "./database-error.ts";
import type { Pool } from "./pool.ts";
import type { PrimaryMonitor } from "./primary-monitor.ts";

/** Where reads may go. */
export interface ReadSources {
  readonly primary: Pool;
  /**
   * Asked while the primary is unreachable; undefined if there is none, or old data must not be
   * used.
   */
  readonly replica: Pool | undefined;
  readonly monitor: PrimaryMonitor;
  /** How often a read is run at most. */
  readonly readAttemptsMax: number;
}

/** Spreads those who lost their connections in the same moment. */
const PAUSE_MS_MAX = 50;

/**
 * Runs a read that changes nothing, and runs it again if its connection was lost or none could be
 * opened: on the replica while the primary is unreachable, or once the primary is back, if that
 * takes no longer than a restart. Whoever has a deadline stops waiting by itself. Throws what
 * `read` throws, and DatabaseUnavailable.
 */
export async function retryRead<Result>(
  { primary, replica, monitor, readAttemptsMax }: ReadSources,
  read: (pool: Pool) => Promise<Result>,
): Promise<Result> {
  let standIn = replica;
  for (let attempt = 1; ; attempt++) {
    const isAway = monitor.state === "unreachable";
    if (isAway && standIn === undefined) await monitor.untilReachable();
    const pool = isAway && standIn !== undefined ? standIn : primary;
    try {
      return await read(pool);
    } catch (error) {
      if (!(error instanceof CannotConnect || error instanceof ConnectionLost)) throw error;
      if (pool !== primary) standIn = undefined;
      else if (error instanceof CannotConnect) monitor.report("unreachable");
      else monitor.suspect();
      if (attempt >= readAttemptsMax) throw error;
    }
    await delay(Math.random() * PAUSE_MS_MAX);
  }
}
