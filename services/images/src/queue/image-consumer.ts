import { once } from "node:events";
import type { Logger } from "@triptych/chassis/telemetry/logger";
import { PgBoss } from "pg-boss";
import type { ProcessImageJob } from "./image-queue.ts";
import { COMMON_OPTIONS, PROCESS_IMAGE, UNLIMITED_SESSION } from "./queue-options.ts";

/** Processes the image of a job; `attempt` counts from 1. Throws if the job should be retried. */
export type RunJob = (imageId: string, attempt: number) => Promise<void>;

/** What a consumer needs. */
export interface ConsumerOptions {
  readonly url: string;
  /**
   * Whether it may change the queue's tables. Then it also builds the indexes that an update of
   * pg-boss leaves to the background.
   */
  readonly migrate: boolean;
  /** How many jobs run at once, besides one of a small image. */
  readonly concurrency: number;
  readonly logger: Logger;
  readonly run: RunJob;
}

/** The consumer's side of the queue. */
export interface ImageConsumer {
  start(): Promise<void>;
  /**
   * Graceful shutdown: takes no more jobs, and waits for the running ones until the signal fires.
   */
  drain(signal: AbortSignal): Promise<void>;
  /** Closes the connections. Another worker gets the jobs that still run. */
  close(): Promise<void>;
}

/**
 * The shortest interval that pg-boss accepts. LISTEN would save 0.25 s on average, but NOTIFY takes
 * a lock of the whole Postgres instance when the upload commits.
 */
const POLL_SECONDS = 0.5;
/** So that a small image does not wait for a large one that is being rendered. */
const PLACES_FOR_SMALL = 1;
/** How often jobs of killed workers are looked for: those without a heartbeat for 10 s. */
const MONITOR_SECONDS = 10;
const MAINTENANCE_SECONDS = 60 * 60;
/** For workflows, of which there are none. */
const FLOW_SECONDS = 60 * 60;
/** A database that does not answer fails every poll. One line in this time is logged of it. */
const ERROR_LOG_MS = 30_000;

/** Creates the consumer, with the loops that reassign lost jobs and remove old ones. */
export function createImageConsumer(options: ConsumerOptions): ImageConsumer {
  const { url, migrate, concurrency, logger, run } = options;
  const boss = new PgBoss({
    ...COMMON_OPTIONS,
    ...UNLIMITED_SESSION,
    connectionString: url,
    application_name: "images-worker-queue",
    max: 1, // its queries are short, and each connection costs Postgres 20 MB
    migrate,
    supervise: true,
    superviseIntervalSeconds: MONITOR_SECONDS,
    monitorIntervalSeconds: MONITOR_SECONDS,
    maintenanceIntervalSeconds: MAINTENANCE_SECONDS,
    flowIntervalSeconds: FLOW_SECONDS,
    monitorVacuum: false,
  });
  boss.on("error", logSeldom(logger));

  /** Makes every place fetch its next job at once. By polling alone each has two a second. */
  function notifyPlaces(): void {
    for (const { id } of boss.getWipData()) boss.notifyWorker(id);
  }

  return {
    async start() {
      await boss.start();
      const work = {
        pollingIntervalSeconds: POLL_SECONDS,
        localConcurrency: concurrency + PLACES_FOR_SMALL,
        localGroupConcurrency: concurrency, // LARGE is the only group
        batchSize: 1,
        includeMetadata: true,
      } as const;
      await boss.work<ProcessImageJob, void, typeof work>(PROCESS_IMAGE, work, async ([job]) => {
        if (job === undefined) return;
        notifyPlaces();
        const { imageId, earlierAttempts = 0 } = job.data;
        await run(imageId, earlierAttempts + job.retryCount + 1);
      });
    },
    async drain(signal) {
      if (signal.aborted) return;
      await Promise.race([boss.offWork(PROCESS_IMAGE, { wait: true }), once(signal, "abort")]);
    },
    async close() {
      await boss.stop({ graceful: false });
    },
  };
}

function logSeldom(logger: Logger): (error: Error) => void {
  let quietUntilMs = 0;
  return (error) => {
    if (Date.now() < quietUntilMs) return;
    quietUntilMs = Date.now() + ERROR_LOG_MS;
    logger.warn({ error }, "the queue does not answer");
  };
}
