import { readConfiguration } from "@triptych/chassis/configuration/read-configuration";
import { OPERATIONS_FIELDS } from "@triptych/chassis/configuration/service-settings";
import { runProcess } from "@triptych/chassis/lifecycle/run-process";
import { startOperationsServer } from "@triptych/chassis/operations/operations-server";
import { createLogger } from "@triptych/chassis/telemetry/logger";
import { createMetrics } from "@triptych/chassis/telemetry/metrics";
import { createGateway } from "@triptych/gateway/app";
import { readConfig as readGatewayConfig } from "@triptych/gateway/config";
import { ownSettings } from "#settings/own-settings.ts";
import { joinServices } from "./join-services.ts";
import { obeySupervisor } from "./obey-supervisor.ts";

/**
 * The monolith: the services and the gateway as one process. They are the same apps, each with its
 * own settings, connected by calls within the process.
 */
runProcess({
  name: "monolith",
  async start() {
    const configuration = readGatewayConfig(ownSettings(process.env, "gateway"));
    const own = readConfiguration(ownSettings(process.env, "monolith"), OPERATIONS_FIELDS);
    const services = joinServices(process.env);
    const logger = createLogger({ service: "gateway", level: configuration.logLevel });
    const metrics = createMetrics({ service: "gateway" });
    const { users, images, comments } = services.transports;
    const transports = {
      users: users.calledBy("gateway"),
      images: images.calledBy("gateway"),
      comments: comments.calledBy("gateway"),
    };
    const gateway = await createGateway(configuration, { transports, logger, metrics });
    const operations = await startOperationsServer({
      host: own.metricsHost,
      port: own.metricsPort,
      metrics: [metrics, ...services.apps.map((app) => app.metrics)],
      isReady: () => gateway.isReady() && services.isPrepared(),
    });
    logger.info({ metricsPort: operations.port }, "listening");
    await gateway.listen();
    obeySupervisor(services);
    const stopping = new AbortController();
    // A failed migration is a defect of this version. The unhandled error ends the process and
    // shows the cause.
    void services.prepare(stopping.signal);
    return {
      logger,
      drainTimeoutMs: configuration.drainTimeoutMs,
      async drain(signal) {
        stopping.abort();
        await gateway.close(signal);
      },
      async close() {
        await operations.close();
        await services.close();
      },
    };
  },
});
