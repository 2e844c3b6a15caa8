import type { MigrationMode } from "@triptych/chassis/configuration/service-settings";
import { DatabaseOutdated, toDatabaseError } from "@triptych/chassis/database/database-error";
import { retryWhileUnavailable } from "@triptych/chassis/database/retry-while-unavailable";
import type { Logger } from "@triptych/chassis/telemetry/logger";
import { PgBoss } from "pg-boss";
import {
  COMMON_OPTIONS,
  PROCESS_IMAGE,
  QUEUE_OPTIONS,
  UNLIMITED_SESSION,
} from "./queue-options.ts";

/** The database of the queue, and how the queue is prepared. */
export interface QueuePreparation {
  readonly url: string;
  readonly logger: Logger;
  /** Whether the queue is created here or waited for; `run` by default. */
  readonly mode?: MigrationMode;
  /** Starts using the queue. It is retried too. */
  readonly start: () => Promise<void>;
}

/** The messages of pg-boss for tables that are missing, or of another version. */
const OUTDATED = /^pg-boss (is not installed|database requires migrations)/;

/**
 * Creates the queue's tables and options in the service's database, or waits until another process
 * has done so. Retries while the database does not answer, until the signal fires.
 */
export async function prepareQueue(
  { url, logger, mode = "run", start }: QueuePreparation,
  signal: AbortSignal,
): Promise<void> {
  const prepare = { run: installQueue, await: checkQueue }[mode];
  const use = async () => {
    await prepare(url);
    await start().catch((error) => {
      throw toDatabaseError(error);
    });
  };
  await retryWhileUnavailable(use, { logger, signal });
}

/**
 * Creates the queue's tables and options, or brings them up to date. Several callers may do so at
 * once: pg-boss takes a lock. Throws DatabaseUnavailable, or an error of pg-boss.
 */
export async function installQueue(url: string): Promise<void> {
  await borrowBoss({ url, migrate: true }, async (boss) => {
    await boss.createQueue(PROCESS_IMAGE, QUEUE_OPTIONS);
    await boss.updateQueue(PROCESS_IMAGE, QUEUE_OPTIONS);
  });
}

/**
 * Resolves if the queue exists. Changes nothing. Throws DatabaseOutdated and DatabaseUnavailable.
 */
async function checkQueue(url: string): Promise<void> {
  await borrowBoss({ url, migrate: false }, async (boss) => {
    if ((await boss.getQueue(PROCESS_IMAGE)) !== null) return;
    throw new DatabaseOutdated(`the queue ${PROCESS_IMAGE} does not exist yet`);
  });
}

async function borrowBoss(
  { url, migrate }: { readonly url: string; readonly migrate: boolean },
  use: (boss: PgBoss) => Promise<void>,
): Promise<void> {
  const boss = new PgBoss({
    ...COMMON_OPTIONS,
    ...(migrate ? UNLIMITED_SESSION : {}),
    connectionString: url,
    application_name: "images-queue",
    max: 1,
    migrate,
    createSchema: migrate,
    supervise: false,
  });
  boss.on("error", () => {}); // the failed call rejects too
  try {
    await boss.start();
    await use(boss);
  } catch (error) {
    const isOutdated = error instanceof Error && OUTDATED.test(error.message);
    throw isOutdated
      ? new DatabaseOutdated(error.message, { cause: error })
      : toDatabaseError(error);
  } finally {
    await boss.stop({ graceful: false });
  }
}
