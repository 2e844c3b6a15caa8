import { InDoubt } from "#seed/client/front-door.ts";

/** Doubts in a row. */
const TRIES_MAX = 20;

/**
 * Does work that first looks what exists and then creates what does not, again from its beginning
 * whenever the outcome of a request is unknown. The work calls `advance` when it came further than
 * ever before: the doubts until then are forgotten.
 */
export async function untilKnown(work: (advance: () => void) => Promise<void>): Promise<void> {
  let doubts = 0;
  const advance = () => {
    doubts = 0;
  };
  for (;;) {
    try {
      return await work(advance);
    } catch (error) {
      doubts += 1;
      if (!(error instanceof InDoubt) || doubts === TRIES_MAX) throw error;
    }
  }
}
