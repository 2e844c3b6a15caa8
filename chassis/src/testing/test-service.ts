import assert from "node:assert";
import type { DescService } from "@bufbuild/protobuf";
import type { Client } from "#rpc/client/client.ts";
import { createGrpcServer } from "#rpc/grpc/grpc-server.ts";
import { createGrpcTransport } from "#rpc/grpc/grpc-transport.ts";
import type { Router } from "#rpc/server/router.ts";
import type { Transport } from "#rpc/transport.ts";
import { quietClient } from "./quiet-client.ts";

const DRAIN_MS_MAX = 1_000;

/** A router that listens for gRPC on a free port, for a test. */
export interface TestService extends AsyncDisposable {
  /** Its address: `127.0.0.1:40123`. */
  readonly address: string;
  /** A connection to it. */
  readonly transport: Transport;
  /** Returns a client of one of its services. */
  client<S extends DescService>(service: S): Client<S>;
  /** Stops the server: calls fail from now on. */
  stop(): Promise<void>;
}

/** Serves a router over real gRPC. The client has real breakers too. */
export async function startTestService(app: { readonly router: Router }): Promise<TestService> {
  const server = createGrpcServer(app.router, { host: "127.0.0.1", port: 0 });
  const address = `127.0.0.1:${await server.start()}`;
  server.setServing(true);
  const [implementation] = app.router.implementations;
  assert(implementation !== undefined, "a router routes to something");
  const { service } = implementation;
  const transport = createGrpcTransport({ addresses: [address], service, failurePolicy: "on" });
  const stop = () => server.drain(AbortSignal.timeout(DRAIN_MS_MAX));
  return {
    address,
    transport,
    client: (wanted) => quietClient(wanted, transport),
    stop,
    async [Symbol.asyncDispose]() {
      transport.close();
      await stop();
    },
  };
}
