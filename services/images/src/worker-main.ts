import { createReadiness } from "@triptych/chassis/lifecycle/readiness";
import { runProcess } from "@triptych/chassis/lifecycle/run-process";
import { createLogger } from "@triptych/chassis/telemetry/logger";
import { startOperationsServer } from "@triptych/chassis/telemetry/operations-server";
import { readWorkerConfig } from "./config.ts";
import { createWorker, WORKER_NAME } from "./worker/image-worker.ts";

/** Until the configuration says otherwise. */
const DRAIN_TIMEOUT_MS_DEFAULT = 10_000;

runProcess({
  name: WORKER_NAME,
  drainTimeoutMs: DRAIN_TIMEOUT_MS_DEFAULT,
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
    await worker.start(signal);
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
