import { createAccessTokenSigner } from "@triptych/chassis/identity/access-token-signer";
import {
  ACCESS_TOKEN_AUDIENCE,
  ACCESS_TOKEN_ISSUER,
} from "@triptych/chassis/identity/authenticate";
import { generateKeyPair } from "@triptych/chassis/identity/keys";
import {
  createInProcessTransport,
  type InProcessTransport,
} from "@triptych/chassis/rpc/in-process/in-process-transport";
import type { Transport } from "@triptych/chassis/rpc/transport";
import { createLogger } from "@triptych/chassis/telemetry/logger";
import { createMetrics } from "@triptych/chassis/telemetry/metrics";
import { startTestService } from "@triptych/chassis/testing/test-service";
import { createGateway, type Gateway } from "#app.ts";
import { type Configuration, readConfig } from "#config.ts";
import { createFakeRouters, type FakeHandlers, SESSION } from "./fake-services.ts";

/** The options of a test's gateway. */
export interface TestGatewayOptions {
  readonly configuration?: Partial<Configuration>;
  /** True puts real gRPC between the gateway and the fake services. */
  readonly overGrpc?: boolean;
  /** The service whose health check fails. A breaker opens only before such a one. */
  readonly notServing?: keyof FakeHandlers;
}

/** The options of a test's token. */
export interface TestTokenOptions {
  readonly expired?: boolean;
  readonly operator?: boolean;
}

/** A gateway that listens on a free port, with fake services behind it. */
export interface TestGateway extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly port: number;
  readonly url: string;
  /** The lines that it logged, parsed. */
  readonly lines: readonly Record<string, unknown>[];
  /** Makes a service unavailable, or available again. */
  setAvailable(service: keyof FakeHandlers, available: boolean): void;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Returns its page of metrics. */
  metrics(): Promise<string>;
  /** Signs an access token of the user. */
  tokenFor(userId: string, options?: TestTokenOptions): Promise<string>;
  /** Returns the header that authenticates a request of the user. */
  as(userId: string, options?: TestTokenOptions): Promise<{ readonly authorization: string }>;
}

/** Starts a gateway. */
export async function startTestGateway(
  handlers: FakeHandlers = {},
  { configuration, overGrpc = false, notServing }: TestGatewayOptions = {},
): Promise<TestGateway> {
  const { privateJwk, publicJwks } = generateKeyPair("test");
  const fakes = { users: {}, images: {}, comments: {}, ...handlers };
  const routers = createFakeRouters(fakes, publicJwks, notServing);
  const cleanUp = new AsyncDisposableStack();
  const inProcess = {
    users: createInProcessTransport(routers.users, () => true),
    images: createInProcessTransport(routers.images, () => true),
    comments: createInProcessTransport(routers.comments, () => true),
  } satisfies Record<string, InProcessTransport>;

  async function overWire(router: (typeof routers)["users"]): Promise<Transport> {
    const service = cleanUp.use(await startTestService({ router }));
    return service.transport;
  }
  const transports = overGrpc
    ? {
        users: await overWire(routers.users),
        images: await overWire(routers.images),
        comments: await overWire(routers.comments),
      }
    : inProcess;

  const lines: Record<string, unknown>[] = [];
  const logger = createLogger({
    service: "gateway",
    level: "info",
    destination: { write: (line) => void lines.push(JSON.parse(line)) },
  });
  const read = readConfig({
    USERS_ADDRESS: "127.0.0.1:1",
    IMAGES_ADDRESS: "127.0.0.1:1",
    COMMENTS_ADDRESS: "127.0.0.1:1",
    PORT: "0",
    ACCESS_TOKEN_PUBLIC_KEYS: JSON.stringify(publicJwks),
  });
  const metrics = createMetrics({ service: "gateway" });
  const gateway = await createGateway(
    { ...read, ...configuration },
    { transports, logger, metrics },
  );
  const port = await gateway.listen();
  cleanUp.defer(() => gateway.close(AbortSignal.timeout(1_000)));
  const url = `http://127.0.0.1:${port}`;

  async function tokenFor(
    userId: string,
    { expired = false, operator = false }: TestTokenOptions = {},
  ): Promise<string> {
    const signer = createAccessTokenSigner({
      privateJwk,
      issuer: ACCESS_TOKEN_ISSUER,
      audience: ACCESS_TOKEN_AUDIENCE,
      lifetimeSeconds: 600,
      now: () => Date.now() - (expired ? 3_600_000 : 0),
    });
    return (await signer.sign({ subject: userId, sessionId: SESSION, operator })).token;
  }

  return {
    gateway,
    port,
    url,
    lines,
    tokenFor,
    as: async (userId, options) => ({
      authorization: `Bearer ${await tokenFor(userId, options)}`,
    }),
    setAvailable: (service, available) => inProcess[service].setAvailable(available),
    metrics: () => metrics.registry.metrics(),
    fetch: (path, init) => fetch(`${url}${path}`, { redirect: "manual", ...init }),
    [Symbol.asyncDispose]: () => cleanUp.disposeAsync(),
  };
}

/** The JSON of an answer. */
export async function bodyOf(response: Response): Promise<Record<string, unknown>> {
  return (await response.json()) as Record<string, unknown>;
}
