import { setTimeout as delay } from "node:timers/promises";
import { BlobStoreRefused, BlobStoreUnavailable } from "#domain/blob-store.ts";

const ATTEMPTS_MAX = 3;
const PAUSE_MS_MAX = 100;

/** Puts again what did not arrive, since the SDK cannot: a stream is read once. The signal that each attempt is given ends them all. */
export async function repeatPut(
  putOnce: (deadline: AbortSignal) => Promise<void>,
  timeoutMs: number,
): Promise<void> {
  const deadline = AbortSignal.timeout(timeoutMs);
  for (let attempt = 1; ; attempt++) {
    try {
      return await putOnce(deadline);
    } catch (error) {
      const isAway = error instanceof BlobStoreUnavailable && !(error instanceof BlobStoreRefused);
      if (!isAway || deadline.aborted || attempt === ATTEMPTS_MAX) throw error;
      await delay(Math.random() * PAUSE_MS_MAX * 2 ** attempt);
    }
  }
}
