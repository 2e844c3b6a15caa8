import { status } from "@grpc/grpc-js";
import type { FailurePolicySwitch } from "#contract/method-policy.ts";
import { RpcError } from "#contract/rpc-error.ts";
import type { Authenticate } from "#identity/authenticate.ts";
import { ANONYMOUS } from "#identity/caller.ts";
import type { Client } from "#rpc/client/client.ts";
import { createGrpcServer } from "#rpc/grpc/grpc-server.ts";
import { createGrpcTransport } from "#rpc/grpc/grpc-transport.ts";
import { createInProcessTransport } from "#rpc/in-process/in-process-transport.ts";
import type { Handlers } from "#rpc/server/handlers.ts";
import type { Router } from "#rpc/server/router.ts";
import type { Transport } from "#rpc/transport.ts";
import { EchoService } from "./echo-service.ts";
import { quietClient } from "./quiet-client.ts";
import { quietRouter } from "./quiet-router.ts";

/** The handlers of the echo service. */
export type EchoHandlers = Handlers<typeof EchoService>;

/** A served echo service, and its client. */
export interface ServedEcho {
  readonly transport: Transport;
  readonly client: Client<typeof EchoService>;
}

/**
 * Serves the echo service, with these handlers in place of its own. Its health check fails if
 * `probe` rejects.
 */
type ServeEcho = (
  handlers?: Partial<EchoHandlers>,
  probe?: () => Promise<void>,
) => Promise<ServedEcho>;

const ECHO: EchoHandlers = {
  say: async ({ value }) => ({ value }),
  tell: async ({ value }) => ({ value }),
  ask: async ({ value }) => ({ value }),
  getWord: async ({ id }) => ({ id, text: `word ${id}` }),
  batchGetWords: async ({ ids }) => ({ words: ids.map((id) => ({ id, text: `word ${id}` })) }),
  listWords: async ({ start }) => ({ words: [{ id: start, text: `word ${start}` }] }),
  batchListWords: async ({ requests }) => ({
    results: requests.map(({ start: id }) => ({ page: { words: [{ id, text: `word ${id}` }] } })),
  }),
  async *count({ value }) {
    for (let number = 1; number <= value; number++) yield { value: number };
  },
  async collect(chunks) {
    let value = 0;
    for await (const chunk of chunks) value += chunk.value.length;
    return { value };
  },
};

/**
 * Returns a router of the echo service, with these handlers in place of its own. Without the
 * failure policy it sheds no call.
 */
export function echoRouter(
  handlers: Partial<EchoHandlers>,
  failurePolicy: FailurePolicySwitch = "on",
  probe?: () => Promise<void>,
): Router {
  const implementation = {
    service: EchoService,
    handlers: { ...ECHO, ...handlers },
    errorDomain: "echo.triptych",
    reasonStatus: { ECHO_NOT_FOUND: status.NOT_FOUND },
  };
  const authenticate: Authenticate = async (authorization) => {
    if (authorization === undefined) return ANONYMOUS;
    const token = authorization.replace("Bearer ", "");
    if (token !== "good" && token !== "operator") {
      throw new RpcError(status.UNAUTHENTICATED, "bad token", { reason: "UNAUTHENTICATED" });
    }
    return { kind: "user", userId: "u", sessionId: "s", operator: token === "operator", token };
  };
  return quietRouter([implementation as never], authenticate, {
    failurePolicy,
    ...(probe && { probe }),
  });
}

/** Connects to an echo service by gRPC, with or without the retries of the failure policy. */
export function echoTransport(
  addresses: string | readonly string[],
  failurePolicy: "on" | "off" = "on",
): Transport {
  return createGrpcTransport({
    addresses: [addresses].flat(),
    service: EchoService,
    failurePolicy,
  });
}

const KINDS = {
  "over gRPC": async (router: Router) => {
    const server = createGrpcServer(router, { host: "127.0.0.1", port: 0 });
    const port = await server.start();
    server.setServing(true);
    return {
      transport: echoTransport(`127.0.0.1:${port}`),
      stop: () => server.drain(AbortSignal.timeout(100)),
    };
  },
  "in process": async (router: Router) => ({
    transport: createInProcessTransport(router, () => true),
    stop: async () => {},
  }),
};

/** Runs the same tests on every transport. Stops the servers after each test. */
export function onEveryTransport(play: (serve: ServeEcho) => void): void {
  describe.each(Object.entries(KINDS))("a call %s", (_, open) => {
    const stops: (() => unknown)[] = [];
    afterEach(async () => {
      for (const stop of stops.splice(0)) await stop();
    });
    play(async (handlers = {}, probe) => {
      const { transport, stop } = await open(echoRouter(handlers, "on", probe));
      stops.push(() => transport.close(), stop);
      return { transport, client: quietClient(EchoService, transport) };
    });
  });
}
