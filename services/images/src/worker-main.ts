import { createReadiness } from "@triptych/chassis/lifecycle/readiness";
import { runProcess } from "@triptych/chassis/lifecycle/run-process";
import { startOperationsServer } from "@triptych/chassis/operations/operations-server";
import { createLogger } from "@triptych/chassis/telemetry/logger";
import { readWorkerConfig } from "./config.ts";
import { createImageWorker, WORKER_NAME } from "./image-worker.ts";

runProcess({
  name: WORKER_NAME,
  async start(signal) {
    const configuration = readWorkerConfig(process.env);
    const { metricsHost: host, metricsPort: port, drainTimeoutMs, logLevel } = configuration;
    const logger = createLogger({ service: WORKER_NAME, level: logLevel });
    const readiness = createReadiness();
    const worker = createImageWorker(configuration, { logger });
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
