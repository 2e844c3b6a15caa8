import { monitorEventLoopDelay } from "node:perf_hooks";

/** This process was not run for so long, nor were others: calls of half a second were late. */
const STILL_MS = 250;
const RESOLUTION_MS = 10;
const PLAYS_MAX = 3;
const NANOSECONDS_PER_MS = 1_000_000;

/**
 * Runs a play that throws if answers were lost or late. Runs it again if it did while the machine
 * stood still: then every process is late, and not for what is played. It must leave everything as
 * it was. What was acknowledged may not be lost whatever the machine does, so that is no part of a
 * play.
 */
export async function onLiveMachine<Result>(play: () => Promise<Result>): Promise<Result> {
  for (let count = 1; ; count++) {
    const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    delay.enable();
    try {
      return await play();
    } catch (error) {
      const stillMs = Math.round(delay.max / NANOSECONDS_PER_MS);
      if (stillMs < STILL_MS || count === PLAYS_MAX) throw error;
      process.stdout.write(`played again: the machine stood still for ${stillMs} ms\n`);
    } finally {
      delay.disable();
    }
  }
}
