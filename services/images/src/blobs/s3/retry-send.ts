import { setTimeout as delay } from "node:timers/promises";
import { BlobStoreRefused, BlobStoreUnavailable } from "#domain/blob-store.ts";

const ATTEMPTS_MAX = 3;
const PAUSE_MS_MAX = 100;

/**
 * Sends again what did not arrive, since the SDK cannot: a stream is read once. Nothing is sent
 * again after the deadline has fired.
 */
export async function retrySend<Answer>(
  sendOnce: () => Promise<Answer>,
  deadline: AbortSignal,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await sendOnce();
    } catch (error) {
      const isAway = error instanceof BlobStoreUnavailable && !(error instanceof BlobStoreRefused);
      if (!isAway || deadline.aborted || attempt === ATTEMPTS_MAX) throw error;
      await delay(Math.random() * PAUSE_MS_MAX * 2 ** attempt);
    }
  }
}
