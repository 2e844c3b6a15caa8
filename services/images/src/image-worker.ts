import { prepareServiceDatabase } from "@triptych/chassis/database/migrations/prepare-service-database";
import { createServiceDatabase } from "@triptych/chassis/database/service-database";
import type { Logger } from "@triptych/chassis/telemetry/logger";
import { createMetrics, type Metrics } from "@triptych/chassis/telemetry/metrics";
import { createBlobStore } from "#blobs/create-blob-store.ts";
import { createBlobCollector } from "#domain/blob-collector.ts";
import { createProcessImage } from "#domain/process-image.ts";
import { createImageConsumer } from "#queue/image-consumer.ts";
import { prepareQueue } from "#queue/prepare-queue.ts";
import { createBlobReferences } from "#repository/blob-references.ts";
import { createProcessingRepository } from "#repository/processing-repository.ts";
import { createRenderer } from "#worker/renderer.ts";
import { startPeriodically } from "#worker/start-periodically.ts";
import type { WorkerConfiguration } from "./config.ts";
import { MIGRATIONS } from "./migrations.ts";

/** The worker's name, in logs, metrics and the database. */
export const WORKER_NAME = "images-worker";
const SWEEP_MS = 15 * 60 * 1000;
/** One for each job that ends, and one for the sweep. */
const POOL_EXTRA = 1;

/** The settings that the worker reads; what else its process does is up to whoever runs it. */
export type ImageWorkerConfiguration = Pick<
  WorkerConfiguration,
  "databaseUrl" | "migrations" | "blobs" | "workerConcurrency" | "renderTimeoutMs" | "failurePolicy"
>;

/** Makes images' variants, and removes bytes that nobody refers to. */
export interface ImageWorker {
  readonly metrics: Metrics;
  /**
   * Takes jobs once the database is up to date: brings it there, or with the migration mode `await`
   * waits for another process to do so. Retries until the database is there or the signal fires.
   */
  start(signal: AbortSignal): Promise<void>;
  /** Takes no more jobs, and waits for those that run, until the signal fires. */
  drain(signal: AbortSignal): Promise<void>;
  /**
   * Ends its processes, and gives its connections back; a job that still runs is done again by
   * another worker.
   */
  close(): Promise<void>;
}

/** Joins the parts of the worker. Connects to nothing before it is started. */
export function createImageWorker(
  configuration: ImageWorkerConfiguration,
  { logger }: { readonly logger: Logger },
): ImageWorker {
  const { databaseUrl: url, migrations: mode, failurePolicy } = configuration;
  const { workerConcurrency, renderTimeoutMs } = configuration;
  const metrics = createMetrics({ service: WORKER_NAME });
  const poolMax = workerConcurrency + POOL_EXTRA;
  const database = createServiceDatabase({
    name: WORKER_NAME,
    url,
    poolMax,
    failurePolicy,
    metrics,
    logger,
  });
  const blobs = createBlobStore(configuration.blobs);
  const collector = createBlobCollector({
    references: createBlobReferences(database),
    blobs,
    observeFailure: (error) =>
      logger.warn({ error }, "bytes that nobody refers to could not be removed"),
  });
  const renderer = createRenderer({ timeoutMs: renderTimeoutMs });
  const repository = createProcessingRepository(database);
  const clock = () => new Date();
  const processImage = createProcessImage({ repository, blobs, collector, renderer, clock });
  const consumer = createImageConsumer({
    url,
    migrate: mode === "run",
    concurrency: workerConcurrency,
    logger,
    async run(imageId, attempt) {
      const startMs = performance.now();
      try {
        const outcome = await processImage(imageId, attempt);
        const ms = Math.round(performance.now() - startMs);
        logger.info({ imageId, attempt, outcome, ms }, "image processed");
      } catch (error) {
        logger.warn({ imageId, attempt, error }, "image not processed: it will be tried again");
        throw error;
      }
    },
  });
  let stopSweeping = () => {};

  return {
    metrics,
    async start(signal) {
      await prepareServiceDatabase({ url, migrations: MIGRATIONS, mode, logger }, signal);
      await prepareQueue({ url, mode, logger, start: consumer.start }, signal);
      if (!signal.aborted) stopSweeping = startPeriodically(collector.sweep, SWEEP_MS);
    },
    async drain(signal) {
      stopSweeping();
      await consumer.drain(signal);
    },
    async close() {
      stopSweeping();
      renderer.close();
      await consumer.close();
      await database.close();
    },
  };
}
