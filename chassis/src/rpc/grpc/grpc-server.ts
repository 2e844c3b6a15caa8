import type { ServerOptions } from "node:http2";
import { promisify } from "node:util";
import { logVerbosity, Server, ServerCredentials, setLogVerbosity } from "@grpc/grpc-js";
import { policyOf } from "#contract/method-policy.ts";
import { keepDrainingConnections } from "#rpc/replicas/draining-connections.ts";
import type { Router } from "#rpc/server/router.ts";
import type { PeerCredentials } from "#tls/peer-credentials.ts";
import { SERVER_OPTIONS } from "./connection-options.ts";
import { connectionPeer } from "./connection-peer.ts";
import { toGrpcHandler } from "./grpc-server-adapter.ts";
import { Health } from "./health.ts";
import { createReflection } from "./reflection.ts";
import { toServiceDefinition } from "./service-definition.ts";

/** A gRPC server. It listens once it is started. */
export interface GrpcServer {
  /** Starts to listen. Returns the port, which is another than asked for if that was 0. */
  start(): Promise<number>;
  /** Tells health checks whether to send traffic. */
  setServing(serving: boolean): void;
  /**
   * Takes no more calls, waits for those under way, and cuts off what is left of them when the
   * signal fires.
   */
  drain(signal: AbortSignal): Promise<void>;
}

/** Where a server listens. */
export interface GrpcServerOptions {
  readonly host: string;
  /** 0 chooses a free one. */
  readonly port: number;
  /**
   * A connection is ended, without its calls, when it is about so old (a tenth more or less), in
   * milliseconds: so that callers look again who there is, and both ends prove anew who they are.
   * Unset: never.
   */
  readonly maxConnectionAgeMs?: number;
  /**
   * How it proves who it is, and learns who calls. Without it nothing is encrypted, and whoever
   * calls is believed.
   */
  readonly peers?: PeerCredentials | undefined;
}

/**
 * Makes the gRPC server of a router. Health is told to every process that has a certificate.
 * Reflection, which no process needs, is there only without TLS, where people try things.
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
      // grpc-js would print a stack of its own beside the error that it gives.
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

/** A call that is as long as it may be has ended by then, when its connection's time is over. */
const GRACE_MARGIN_MS = 5_000;

function longestCallMs({ implementations }: Router): number {
  const methods = implementations.flatMap(({ service }) => service.methods);
  return Math.max(...methods.map((method) => policyOf(method).timeoutMs));
}

/** How many calls of one connection may be cancelled at once, and each second. */
const RESETS_MAX = 1_000_000;

/**
 * Lets callers cancel as many calls as they like. Node ends a connection after about a thousand
 * quick resets (CVE-2023-44487, "rapid reset"), and with it the calls of bystanders; here each
 * connection is a neighbour's, that hedges and keeps deadlines, both of which cancel. grpc-js has
 * no option for it, so its own field is used; a test notices when it is gone.
 */
function disarmRapidReset(server: Server): void {
  const { commonServerOptions } = server as unknown as { commonServerOptions: ServerOptions };
  commonServerOptions.streamResetBurst = RESETS_MAX;
  commonServerOptions.streamResetRate = RESETS_MAX;
}
