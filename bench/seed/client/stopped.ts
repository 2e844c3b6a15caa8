import { setTimeout as delay } from "node:timers/promises";

/** Is thrown when the run was stopped, by a person at the terminal. Nothing is under way then. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/** Throws {@link Stopped} if the run was stopped. */
export function goOn(stop: AbortSignal): void {
  if (stop.aborted) throw new Stopped("stopped");
}

/** Waits. Throws {@link Stopped} as soon as the run is stopped. */
export async function sleep(milliseconds: number, stop: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal: stop }).catch(() => {}); // the next line throws
  goOn(stop);
}
