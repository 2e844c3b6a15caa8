import type { ServerOptions } from "node:http2";
import { promisify } from "node:util";
import { logVerbosity, Server, ServerCredentials, setLogVerbosity } from "@grpc/grpc-js";
import { planOf } from "#contract/method-plan.ts";
import { keepDrainingConnections } from "#rpc/replicas/draining-connections.ts";
import type { Router } from "#rpc/server/router.ts";
import type { PeerCredentials } from "#tls/peer-credentials.ts";
import { SERVER_OPTIONS } from "./connection-options.ts";
import { connectionPeer } from "./connection-peer.ts";
import { toGrpcHandler } from "./grpc-server-adapter.ts";
import { Health } from "./health.ts";
import { createReflection } from "./reflection.ts";
import { toServiceDefinition } from "./service-definition.ts";

/** A gRPC server. */
export interface GrpcServer {
  /** Starts to listen. Returns the port: the one that was set, or a free one for 0. */
  start(): Promise<number>;
  /** Sets what health checks answer: whether to send traffic. */
  setServing(serving: boolean): void;
  /**
   * Graceful shutdown: accepts no new calls, waits for those in flight, and ends the rest when the
   * signal fires.
   */
  drain(signal: AbortSignal): Promise<void>;
}

/** Where a server listens, and by which certificates. */
export interface GrpcServerOptions {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /**
   * The age, give or take a tenth, at which a connection accepts no more calls and ends. Callers
   * then resolve the callee's name again, and both ends check their certificates again. Undefined:
   * never.
   */
  readonly maxConnectionAgeMs?: number;
  /**
   * The certificates for mutual TLS. Without them nothing is encrypted, and every caller is
   * accepted.
   */
  readonly peers?: PeerCredentials | undefined;
}

/**
 * Creates the gRPC server of a router. It answers the health checks of every process that has a
 * certificate. It offers reflection without TLS only: people need it to try methods, and no process
 * does.
 */
export function createGrpcServer(router: Router, options: GrpcServerOptions): GrpcServer {
  keepDrainingConnections();
  const { host, port, peers, maxConnectionAgeMs } = options;
  const server = new Server({
    ...SERVER_OPTIONS,
    ...(maxConnectionAgeMs !== undefined && {
      "grpc.max_connection_age_ms": maxConnectionAgeMs,
      "grpc.max_connection_age_grace_ms": longestCallMs(router) + GRACE_MARGIN_MS,
    }),
  });
  const identify = peers === undefined ? () => undefined : connectionPeer;
  const services = router.implementations.map(({ service }) => service);
  for (const service of services) {
    const handlers = service.methods.map((method) => [
      method.localName,
      toGrpcHandler(router, method, identify),
    ]);
    server.addService(toServiceDefinition(service), Object.fromEntries(handlers));
  }
  disarmRapidReset(server);
  const health = new Health(router);
  health.addTo(server);
  if (peers === undefined) createReflection(services).addToServer(server);

  return {
    async start() {
      // grpc-js would print a stack besides the error that it throws.
      setLogVerbosity(logVerbosity.NONE);
      const bind = promisify(server.bindAsync).bind(server);
      const credentials = peers?.forServer() ?? ServerCredentials.createInsecure();
      return await bind(`${host}:${port}`, credentials);
    },
    setServing: (serving) => health.setServing(serving),
    async drain(signal) {
      health.setServing(false);
      const cutOff = () => server.forceShutdown();
      if (signal.aborted) return cutOff();
      signal.addEventListener("abort", cutOff, { once: true });
      try {
        await promisify(server.tryShutdown).call(server);
      } finally {
        signal.removeEventListener("abort", cutOff);
      }
    },
  };
}

/** The longest call has ended this long after its deadline; its connection is kept until then. */
const GRACE_MARGIN_MS = 5_000;

function longestCallMs({ implementations }: Router): number {
  const methods = implementations.flatMap(({ service }) => service.methods);
  return Math.max(...methods.map((method) => planOf(method, "on").lifetimeMs));
}

/** How many calls of one connection may be cancelled at once, and per second. */
const RESETS_MAX = 1_000_000;

/**
 * Switches off Node's limit on cancelled calls. After about a thousand quick resets
 * (CVE-2023-44487, "rapid reset") Node ends the connection, and with it the calls of bystanders.
 * Here each connection belongs to a process of ours, whose hedges and deadlines cancel many calls.
 * grpc-js has no option for the limit, so a private field is set; a test notices if it is gone.
 */
function disarmRapidReset(server: Server): void {
  const { commonServerOptions } = server as unknown as { commonServerOptions: ServerOptions };
  commonServerOptions.streamResetBurst = RESETS_MAX;
  commonServerOptions.streamResetRate = RESETS_MAX;
}
