import { once } from "node:events";
import type { Logger } from "@triptych/chassis/telemetry/logger";
import { PgBoss } from "pg-boss";
import type { ProcessImageJob } from "./image-queue.ts";
import { COMMON_OPTIONS, PROCESS_IMAGE, UNLIMITED_SESSION } from "./queue-options.ts";

/**
 * Processes the image of a job; `attempt` counts from 1. Throws if the job is to be tried again.
 */
export type RunJob = (imageId: string, attempt: number) => Promise<void>;

/** What a consumer needs. */
export interface ConsumerOptions {
  readonly url: string;
  /**
   * Whether it may change the queue's tables: it then also builds the indexes that an update of
   * pg-boss leaves to the background.
   */
  readonly migrate: boolean;
  /** How many jobs run at once. */
  readonly concurrency: number;
  readonly logger: Logger;
  readonly run: RunJob;
}

/** Takes jobs from the queue. */
export interface ImageConsumer {
  start(): Promise<void>;
  /** Takes no more jobs, and waits for those that run, until the signal fires. */
  drain(signal: AbortSignal): Promise<void>;
  /** Gives the connections back; a job that still runs goes to another worker. */
  close(): Promise<void>;
}

/**
 * The shortest that pg-boss takes. Being notified would be quicker by 0.25 s on average, but NOTIFY
 * takes a lock of the whole instance when the upload commits.
 */
const POLL_SECONDS = 0.5;
/** How soon the job of a killed worker is found, after its heartbeat has been missing for 10 s. */
const MONITOR_SECONDS = 10;
const MAINTENANCE_SECONDS = 60 * 60;
/** For the steps of workflows, of which there are none. */
const FLOW_SECONDS = 60 * 60;
/** A database that is away fails every poll: one line in this time says so. */
const ERROR_LOG_MS = 30_000;

/**
 * Makes the consumer's side of the queue, with the loops that give lost jobs to others and remove
 * old ones.
 */
export function createImageConsumer(options: ConsumerOptions): ImageConsumer {
  const { url, migrate, concurrency, logger, run } = options;
  const boss = new PgBoss({
    ...COMMON_OPTIONS,
    ...UNLIMITED_SESSION,
    connectionString: url,
    application_name: "images-worker-queue",
    max: 1, // its queries are short, and each connection takes Postgres 20 MB
    migrate,
    supervise: true,
    superviseIntervalSeconds: MONITOR_SECONDS,
    monitorIntervalSeconds: MONITOR_SECONDS,
    maintenanceIntervalSeconds: MAINTENANCE_SECONDS,
    flowIntervalSeconds: FLOW_SECONDS,
    monitorVacuum: false,
  });
  boss.on("error", logSeldom(logger));

  return {
    async start() {
      await boss.start();
      const work = {
        pollingIntervalSeconds: POLL_SECONDS,
        localConcurrency: concurrency,
        batchSize: 1,
        includeMetadata: true,
      } as const;
      const id = await boss.work<ProcessImageJob, void, typeof work>(
        PROCESS_IMAGE,
        work,
        async ([job]) => {
          if (job === undefined) return;
          // After this job the next one at once: by polling alone it would be two images a second.
          boss.notifyWorker(id);
          await run(job.data.imageId, job.retryCount + 1);
        },
      );
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
    logger.warn({ error }, "the queue cannot be asked");
  };
}
