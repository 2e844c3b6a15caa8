import { setTimeout as delay } from "node:timers/promises";
import type { DescService } from "@bufbuild/protobuf";
import { runProcess } from "@triptych/chassis/lifecycle/run-process";
import { startOperationsServer } from "@triptych/chassis/operations/operations-server";
import { createGrpcTransport } from "@triptych/chassis/rpc/grpc/grpc-transport";
import { createLogger } from "@triptych/chassis/telemetry/logger";
import { createMetrics } from "@triptych/chassis/telemetry/metrics";
import { openPeerCredentials } from "@triptych/chassis/tls/peer-credentials";
import { CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import { UserService } from "@triptych/protos/users/v1/user_service_pb";
import { createGateway } from "./app.ts";
import { readConfig } from "./config.ts";
import { warmUp } from "./warm-up.ts";

runProcess({
  name: "gateway",
  async start() {
    const configuration = readConfig(process.env);
    const logger = createLogger({ service: "gateway", level: configuration.logLevel });
    const { failurePolicy } = configuration;
    const peers = await openPeerCredentials("gateway", configuration, logger);
    const transportTo = (service: DescService, addresses: readonly string[]) =>
      createGrpcTransport({ addresses, service, failurePolicy, peers });
    const transports = {
      users: transportTo(UserService, configuration.usersAddress),
      images: transportTo(ImageService, configuration.imagesAddress),
      comments: transportTo(CommentService, configuration.commentsAddress),
    };
    await warmUp(configuration, transports);
    const metrics = createMetrics({ service: "gateway" });
    if (peers !== undefined) metrics.watchCertificates(() => peers.validities());
    const gateway = await createGateway(configuration, { transports, logger, metrics });
    const operations = await startOperationsServer({
      host: configuration.metricsHost,
      port: configuration.metricsPort,
      metrics: [metrics],
      isReady: gateway.isReady,
    });
    logger.info({ metricsPort: operations.port }, "listening");
    const port = await gateway.listen();
    logger.info({ port }, "listening");
    return {
      logger,
      drainTimeoutMs: configuration.drainTimeoutMs,
      async drain(signal) {
        gateway.drain();
        // Load balancers see it after a moment, and send requests until then. The signal ends the
        // wait.
        await delay(configuration.drainDelayMs, undefined, { signal }).catch(() => undefined);
        await gateway.close(signal);
      },
      async close() {
        await operations.close();
        for (const transport of Object.values(transports)) transport.close();
      },
    };
  },
});
