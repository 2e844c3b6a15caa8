import { createGrpcServer } from "#rpc/grpc-server.ts";
import type { Logger } from "#telemetry/logger.ts";
import { startOperationsServer } from "#telemetry/operations-server.ts";
import type { ServiceApp } from "./service-app.ts";

/** Where a service listens. */
export interface ServeOptions {
  readonly grpcHost: string;
  readonly grpcPort: number;
  readonly metricsHost: string;
  readonly metricsPort: number;
}

/** A service that listens. */
export interface ServedApp {
  /** Takes no more calls, and waits for those under way until the deadline. */
  drain(timeoutMs: number): Promise<void>;
  /** Gives everything back. */
  close(): Promise<void>;
}

/**
 * Listens for calls, then prepares the database, then says that it is ready: in this order, so that a process whose
 * database is down can still be asked how it is.
 */
export async function serveApp(
  app: ServiceApp,
  options: ServeOptions,
  logger: Logger,
): Promise<ServedApp> {
  let ready = false;
  const stopping = new AbortController();
  const grpc = createGrpcServer(app.router, { host: options.grpcHost, port: options.grpcPort });
  const grpcPort = await grpc.start();
  const operations = await startOperationsServer({
    host: options.metricsHost,
    port: options.metricsPort,
    metrics: [app.metrics],
    isReady: () => ready,
  });
  logger.info({ grpcPort, metricsPort: operations.port }, "listening");

  // A migration that fails is a defect of this version: unhandled, it ends the process, with its cause.
  void app.prepare(stopping.signal).then(() => {
    if (stopping.signal.aborted) return;
    ready = true;
    grpc.setServing(true);
    logger.info("ready");
  });

  return {
    async drain(timeoutMs) {
      ready = false;
      stopping.abort();
      await grpc.drain(timeoutMs);
    },
    async close() {
      await operations.close();
      await app.close();
    },
  };
}
