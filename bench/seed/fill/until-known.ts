import { InDoubt } from "#seed/client/front-door.ts";

const TRIES_MAX = 20;

/**
 * Does work that first looks what exists and then creates what does not, again from its beginning
 * whenever the outcome of a request is unknown. So nothing is created twice.
 */
export async function untilKnown(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof InDoubt) || tries === TRIES_MAX) throw error;
    }
  }
}
