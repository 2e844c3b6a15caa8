import { setTimeout as delay } from "node:timers/promises";
import type { RunningApp } from "#lifecycle/run-process.ts";
import { startInOrder } from "#lifecycle/start-in-order.ts";
import { type OperationsServer, startOperationsServer } from "#operations/operations-server.ts";
import { createGrpcServer } from "#rpc/grpc/grpc-server.ts";
import { createPreparedRouter } from "#rpc/server/prepared-router.ts";
import type { Logger } from "#telemetry/logger.ts";
import type { PeerCredentials } from "#tls/peer-credentials.ts";
import type { ServiceApp } from "./service-app.ts";

/** Where a service listens, and how it shuts down. */
export interface ServeOptions {
  readonly grpcHost: string;
  readonly grpcPort: number;
  readonly maxConnectionAgeMs: number;
  readonly metricsHost: string;
  readonly metricsPort: number;
  /** How long calls are still accepted after the signal to end. */
  readonly drainDelayMs: number;
  readonly drainTimeoutMs: number;
  /** The certificates for mutual TLS. The function's caller disposes of them. */
  readonly peers?: PeerCredentials | undefined;
}

/**
 * Listens for calls, then prepares the database, then warms up, then reports ready. In this order,
 * so that a process whose database is down still answers health checks, and a process that gets its
 * share of the calls is as fast as the others. Until the database is prepared calls wait for it a
 * little, and are then refused unread.
 */
export async function serveApp(
  app: ServiceApp,
  options: ServeOptions,
  logger: Logger,
): Promise<RunningApp> {
  const prepared = Promise.withResolvers<void>();
  let ready = false;
  const stopping = new AbortController();
  const { grpcHost: host, grpcPort: port, maxConnectionAgeMs, peers } = options;
  if (peers !== undefined) app.metrics.watchCertificates(() => peers.validities());
  const router = createPreparedRouter(app.router, { prepared: prepared.promise });
  const grpc = createGrpcServer(router, { host, port, maxConnectionAgeMs, peers });
  let operations: OperationsServer | undefined;
  const stop = await startInOrder([
    {
      name: "gRPC server",
      start: async () => {
        logger.info({ grpcPort: await grpc.start() }, "listening");
      },
      stop: () => grpc.drain(AbortSignal.abort()),
    },
    {
      name: "operations server",
      start: async () => {
        operations = await startOperationsServer({
          host: options.metricsHost,
          port: options.metricsPort,
          metrics: [app.metrics],
          isReady: () => ready,
          readOnly: app.readOnly,
        });
        logger.info({ metricsPort: operations.port }, "listening");
      },
      stop: () => operations?.close(),
    },
    { name: "app", start: () => {}, stop: () => app.close() },
  ]);

  // A migration that fails is a defect of this version. The unhandled rejection ends the process
  // and shows the cause.
  void app.prepare(stopping.signal).then(async () => {
    if (stopping.signal.aborted) return;
    prepared.resolve();
    await app.warmUp(stopping.signal);
    if (stopping.signal.aborted) return;
    ready = true;
    grpc.setServing(true);
    logger.info("ready");
  });

  return {
    logger,
    drainTimeoutMs: options.drainTimeoutMs,
    async drain(signal) {
      const hasCallers = ready;
      ready = false;
      grpc.setServing(false);
      stopping.abort();
      // During a rolling restart callers may still be connecting to the replica that restarted
      // before this one. The signal ends the wait.
      if (hasCallers) {
        await delay(options.drainDelayMs, undefined, { signal }).catch(() => undefined);
      }
      await grpc.drain(signal);
    },
    close: stop,
  };
}
