import { prepareServiceDatabase } from "@triptych/chassis/database/migrations/prepare-service-database";
import { createReadiness } from "@triptych/chassis/lifecycle/readiness";
import { runProcess } from "@triptych/chassis/lifecycle/run-process";
import { startOperationsServer } from "@triptych/chassis/operations/operations-server";
import { createLogger, type Logger } from "@triptych/chassis/telemetry/logger";
import { prepareQueue } from "#queue/prepare-queue.ts";
import { readWorkerConfig, type WorkerConfiguration } from "./config.ts";
import { createWorker, type ImageWorker, WORKER_NAME } from "./image-worker.ts";
import { MIGRATIONS } from "./migrations.ts";

runProcess({
  name: WORKER_NAME,
  async start(signal) {
    const configuration = readWorkerConfig(process.env);
    const { metricsHost: host, metricsPort: port, drainTimeoutMs, logLevel } = configuration;
    const logger = createLogger({ service: WORKER_NAME, level: logLevel });
    const readiness = createReadiness();
    const worker = createWorker(configuration, { logger });
    const metrics = [worker.metrics];
    const { isReady } = readiness;
    const operations =
      port === undefined
        ? undefined
        : await startOperationsServer({ host, port, metrics, isReady });
    await start(worker, configuration, { logger, signal });
    return {
      readiness,
      logger,
      drainTimeoutMs,
      drain: worker.drain,
      async close() {
        await worker.close();
        await operations?.close();
      },
    };
  },
});

/**
 * Starts a worker, which brings its database up to date, or finds it so if somebody else is to do
 * that.
 */
async function start(
  worker: ImageWorker,
  { databaseUrl: url, migrations: mode }: WorkerConfiguration,
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<void> {
  if (mode === "run") return await worker.start(signal);
  await prepareServiceDatabase({ url, migrations: MIGRATIONS, mode, logger }, signal);
  await prepareQueue({ url, mode, logger, start: () => worker.start(signal) }, signal);
}
