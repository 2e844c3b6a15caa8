import { create, type DescMethod, type DescService } from "@bufbuild/protobuf";
import { policyOf, processOf } from "@triptych/chassis/contract/method-policy";
import { type RpcError, statusName } from "@triptych/chassis/contract/rpc-error";
import { createGrpcServer } from "@triptych/chassis/rpc/grpc/grpc-server";
import { createGrpcTransport } from "@triptych/chassis/rpc/grpc/grpc-transport";
import { createInProcessTransport } from "@triptych/chassis/rpc/in-process/in-process-transport";
import type { Implementation } from "@triptych/chassis/rpc/server/handlers";
import type { Router } from "@triptych/chassis/rpc/server/router";
import type { Transport } from "@triptych/chassis/rpc/transport";
import { answerOf } from "@triptych/chassis/testing/answer-of";
import { quietRouter } from "@triptych/chassis/testing/quiet-router";
import {
  createTestAuthority,
  type TestCertificate,
} from "@triptych/chassis/testing/test-certificates";
import { openTestPeers, peersWith } from "@triptych/chassis/testing/test-peers";
import { processUri } from "@triptych/chassis/tls/process-uri";
import { CommentService } from "@triptych/protos/comments/v1/comment_service_pb";
import { ImageService } from "@triptych/protos/images/v1/image_service_pb";
import { UserService } from "@triptych/protos/users/v1/user_service_pb";

const SERVICES: readonly DescService[] = [UserService, ImageService, CommentService];
/** The names of all processes, and names that no process has. */
const NAMES = ["gateway", ...SERVICES.map(processOf), "images-worker", "operator", "gateway2"];

const authority = createTestAuthority();
const gateway = [processUri("gateway")];
/** Peers that are no process, by their certificates. */
const STRANGERS: Readonly<Record<string, TestCertificate | undefined>> = {
  "no name": authority.sign({ uris: [] }),
  "no URI": authority.sign({ uris: [], dnsNames: ["gateway"] }),
  "two URIs": authority.sign({ uris: [...gateway, processUri("users")] }),
  "another domain": authority.sign({ uris: ["spiffe://other/gateway"] }),
  "no certificate": undefined,
  "an old certificate": authority.sign({ uris: gateway, expired: true }),
  "another CA": createTestAuthority().sign({ uris: gateway }),
};

/** Peers whose connection is refused. */
const OUTSIDERS = ["no certificate", "an old certificate", "another CA"];

const CASES = SERVICES.flatMap((service) =>
  service.methods.map((method) => [service.typeName, method.name, method] as const),
);

/** A service that only counts the calls that reach its handlers. */
function countingRouter(service: DescService, count: () => void): Router {
  const handlers = service.methods.map((method) => [method.localName, handlerOf(method, count)]);
  const implementation = {
    service,
    handlers: Object.fromEntries(handlers),
    errorDomain: "test",
    reasonStatus: {},
  } as unknown as Implementation;
  return quietRouter([implementation]);
}

function handlerOf({ methodKind }: DescMethod, count: () => void): () => unknown {
  if (methodKind !== "server_streaming") return async () => count();
  return async function* () {
    count();
    yield* [];
  };
}

async function call(transport: Transport, method: DescMethod): Promise<string> {
  const headers = {
    requestId: undefined,
    authorization: undefined,
    deadline: Date.now() + 30_000,
  };
  const request = create(method.input);
  try {
    if (method.methodKind === "server_streaming") {
      const stream = transport.serverStream(method, request, headers);
      while (!(await stream.next()).done);
    } else if (method.methodKind === "client_streaming") {
      const none = (async function* () {})();
      await answerOf((told) => transport.clientStream(method, none, headers, told));
    } else await answerOf((told) => transport.unary(method, request, headers, told));
    return "answered";
  } catch (error) {
    const { reason, code } = error as RpcError;
    return reason || statusName(code);
  }
}

/** How a caller reaches a service: a process by its name, or an unauthenticated peer. */
type Dial = (who: string) => Transport;

/** A dialler of a service over real connections. */
async function serve(
  service: DescService,
  router: Router,
  cleanUp: AsyncDisposableStack,
): Promise<Dial> {
  const { peers } = cleanUp.use(await openTestPeers(processOf(service), authority));
  const server = createGrpcServer(router, { host: "127.0.0.1", port: 0, peers });
  const addresses = [`127.0.0.1:${await server.start()}`];
  cleanUp.defer(() => server.drain(AbortSignal.timeout(100)));
  const certificates = {
    ...STRANGERS,
    ...Object.fromEntries(NAMES.map((name) => [name, authority.signFor(name)])),
  };
  const transports = new Map<string, Transport>();
  for (const [who, certificate] of Object.entries(certificates)) {
    const own = peersWith(certificate, authority.certificate);
    const options = { addresses, service, failurePolicy: "off", peers: own } as const;
    const transport = createGrpcTransport(options);
    cleanUp.defer(() => transport.close());
    transports.set(who, transport);
  }
  return (who) => transports.get(who) as Transport;
}

/**
 * Returns the outcome of a call. A caller that is let through gets the violations of required
 * fields.
 */
function expectedOf(who: string, callers: readonly string[]): RegExp {
  if (OUTSIDERS.includes(who)) return /^UNAVAILABLE$/;
  return callers.includes(who) ? /^(?:answered|INVALID_ARGUMENT)$/ : /^CALLER_NOT_ALLOWED$/;
}

const KINDS = {
  "over gRPC": { open: serve, everybody: [...NAMES, ...Object.keys(STRANGERS)] },
  "in process": {
    open: async (_: DescService, router: Router) =>
      createInProcessTransport(router, () => true).calledBy,
    everybody: NAMES,
  },
};

describe.each(Object.entries(KINDS))("a method %s", (_, { open, everybody }) => {
  const cleanUp = new AsyncDisposableStack();
  const dials = new Map<DescService, Dial>();
  let reached = 0;

  beforeAll(async () => {
    for (const service of SERVICES) {
      const router = countingRouter(service, () => (reached += 1));
      dials.set(service, await open(service, router, cleanUp));
    }
  });
  afterAll(() => cleanUp.disposeAsync());

  test.each(CASES)(
    "answers its callers and refuses everybody else: %s/%s",
    async (_, __, method) => {
      const { callers } = policyOf(method);
      expect(NAMES).toEqual(expect.arrayContaining([...callers]));
      for (const who of everybody) {
        reached = 0;
        const outcome = await call(dials.get(method.parent)?.(who) as Transport, method);
        expect({ who, outcome }).toEqual({
          who,
          outcome: expect.stringMatching(expectedOf(who, callers)),
        });
        if (outcome !== "answered") expect(reached).toBe(0);
      }
    },
  );
});
