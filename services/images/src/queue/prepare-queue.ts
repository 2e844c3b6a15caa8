import { setTimeout as delay } from "node:timers/promises";
import { DatabaseUnavailable, toDatabaseError } from "@triptych/chassis/database/database-error";
import type { Logger } from "@triptych/chassis/telemetry/logger";
import { PgBoss } from "pg-boss";
import { COMMON_OPTIONS, PROCESS_IMAGE, QUEUE_OPTIONS } from "./queue-options.ts";

const RETRY_MS = 500;

/** Which database the queue is in, and what to do once it is there. */
export interface QueuePreparation {
  readonly url: string;
  readonly logger: Logger;
  /** Starts using the queue; is tried again as well. */
  readonly start: () => Promise<void>;
}

/**
 * Makes the queue's tables and options in the service's database, or brings them up to date. While the database cannot be
 * asked it tries again, and it gives up when the signal fires.
 * Several callers may do it at once: pg-boss takes a lock.
 */
export async function prepareQueue(options: QueuePreparation, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await install(options.url);
      return await options.start();
    } catch (thrown) {
      const error = toDatabaseError(thrown);
      if (!(error instanceof DatabaseUnavailable)) throw error;
      options.logger.warn({ error, retryMs: RETRY_MS }, "the queue cannot be prepared yet");
    }
    // The signal ends the wait; the loop's condition sees it.
    await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function install(url: string): Promise<void> {
  const boss = new PgBoss({
    ...COMMON_OPTIONS,
    connectionString: url,
    application_name: "images-queue",
    max: 1,
    migrate: true,
    createSchema: true,
    supervise: false,
  });
  boss.on("error", () => {}); // what failed rejects as well
  try {
    await boss.start();
    await boss.createQueue(PROCESS_IMAGE, QUEUE_OPTIONS);
    await boss.updateQueue(PROCESS_IMAGE, QUEUE_OPTIONS);
  } finally {
    await boss.stop({ graceful: false });
  }
}
