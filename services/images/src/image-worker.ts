import { prepareServiceDatabase } from "@triptych/chassis/database/migrations/prepare-service-database";
import { createServiceDatabase } from "@triptych/chassis/database/service-database";
import type { Logger } from "@triptych/chassis/telemetry/logger";
import { createMetrics, type Metrics } from "@triptych/chassis/telemetry/metrics";
import { createBlobStore } from "#blobs/create-blob-store.ts";
import { createProcessImage } from "#domain/process-image.ts";
import { createImageConsumer } from "#queue/image-consumer.ts";
import { createImageQueue } from "#queue/image-queue.ts";
import { prepareQueue } from "#queue/prepare-queue.ts";
import { createProcessingRepository } from "#repository/processing-repository.ts";
import { createRenderer } from "#worker/renderer.ts";
import { startPeriodically } from "#worker/start-periodically.ts";
import type { WorkerConfiguration } from "./config.ts";
import { createCollector } from "./create-collector.ts";
import { MIGRATIONS } from "./migrations.ts";
import { createObserveMissing } from "./observe-missing.ts";

/** The worker's name, in logs, metrics and the database. */
export const WORKER_NAME = "images-worker";
const SWEEP_MS = 15 * 60 * 1000;
/**
 * Connections besides one for each large image: the place for small images and the sweep share it.
 */
const POOL_EXTRA = 1;

/** The settings that the worker reads. Those of its process are `worker-main.ts`'. */
export type ImageWorkerConfiguration = Pick<
  WorkerConfiguration,
  "databaseUrl" | "migrations" | "blobs" | "workerConcurrency" | "renderTimeoutMs" | "failurePolicy"
>;

/** Renders images' variants, and removes bytes that nobody refers to. */
export interface ImageWorker {
  readonly metrics: Metrics;
  /**
   * Brings the database up to date, or with the migration mode `await` waits for another process to
   * do so; then takes jobs. Retries until the database answers, or the signal fires.
   */
  start(signal: AbortSignal): Promise<void>;
  /**
   * Graceful shutdown: takes no more jobs, and waits for the running ones until the signal fires.
   */
  drain(signal: AbortSignal): Promise<void>;
  /**
   * Kills its renderers and closes its connections. Another worker retries the jobs that still run.
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
  const collector = createCollector({ database, blobs, metrics, logger });
  const renderer = createRenderer({
    timeoutMs: renderTimeoutMs,
    observeUnlimited: (error) =>
      logger.warn({ error }, "the kernel does not limit the memory of renderers: no prlimit"),
  });
  const queue = createImageQueue(database, logger);
  const repository = createProcessingRepository(database, queue.enqueue);
  const clock = () => new Date();
  const processImage = createProcessImage({
    repository,
    blobs,
    collector,
    renderer,
    clock,
    observeMissing: createObserveMissing("rendering", { logger, metrics }),
    observeAborted: (imageId, error) =>
      logger.warn({ imageId, error }, "rendering was aborted: the image has another turn"),
  });
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
        logger.warn({ imageId, attempt, error }, "image not processed: it will be retried");
        throw error;
      }
    },
  });
  let stopSweeping = () => {};

  async function start(): Promise<void> {
    await queue.start();
    await consumer.start();
  }

  async function sweep(): Promise<void> {
    await collector.sweep();
    await repository
      .removeStaleTurns()
      .catch((error) => logger.warn({ error }, "the turns of processed images remain"));
  }

  return {
    metrics,
    async start(signal) {
      await prepareServiceDatabase({ url, migrations: MIGRATIONS, mode, logger }, signal);
      await prepareQueue({ url, mode, logger, start }, signal);
      if (!signal.aborted) stopSweeping = startPeriodically(sweep, SWEEP_MS);
    },
    async drain(signal) {
      stopSweeping();
      await consumer.drain(signal);
    },
    async close() {
      stopSweeping();
      renderer.close();
      await consumer.close();
      await queue.close();
      await database.close();
    },
  };
}
