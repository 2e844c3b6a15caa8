import type { Client } from "#rpc/client/client.ts";
import { EchoService } from "#testing/echo-service.ts";
import { echoRouter, echoTransport } from "#testing/echo-transports.ts";
import { eventually } from "#testing/eventually.ts";
import { quietClient } from "#testing/quiet-client.ts";
import { contextFor } from "#testing/test-context.ts";
import { TestNames } from "#testing/test-names.ts";
import { createGrpcServer } from "./grpc-server.ts";

const NAME = "echo.test";
/** One port on several addresses of this machine, as replicas of a headless service have it. */
const HOSTS = ["127.0.0.1", "127.0.0.2", "127.0.0.3"] as const;
const [FIRST] = HOSTS;
/** A replica has its share when it has this part of an even one. */
const SHARE_MIN = 0.9;
/** Slow start: a new replica has less than this part of an even share at first. */
const FIRST_SHARE_MAX = 0.6;
const CALLS_AT_ONCE = 30;
/** Longer than it takes until the name is looked up twice. */
const FOUND_MS = 5_000;

type EchoClient = Client<typeof EchoService>;

/** Serves a replica on each host, all on one port, and counts the calls of each. */
async function serveReplicas() {
  const calls = new Map<string, number>();
  await using stack = new AsyncDisposableStack();
  let port = 0;
  for (const host of HOSTS) {
    const tell = async (message: { readonly value: string }) => {
      calls.set(host, (calls.get(host) ?? 0) + 1);
      return message;
    };
    const server = createGrpcServer(echoRouter({ tell }), { host, port });
    port = await server.start();
    stack.defer(() => server.drain(AbortSignal.abort()));
  }
  const stops = stack.move();
  return { address: `${NAME}:${port}`, calls, [Symbol.asyncDispose]: () => stops.disposeAsync() };
}

/**
 * Makes some calls at once, all of which must succeed. Returns what part of an even share each of
 * so many replicas had.
 */
async function sharesOf(client: EchoClient, calls: Map<string, number>, replicas: number) {
  calls.clear();
  await Promise.all(
    Array.from({ length: CALLS_AT_ONCE }, () => client.tell({ value: "x" }, contextFor())),
  );
  return HOSTS.map((host) => ((calls.get(host) ?? 0) * replicas) / CALLS_AT_ONCE);
}

describe("a callee's name", () => {
  let names: TestNames;

  beforeEach(() => {
    names = new TestNames();
  });
  afterEach(() => names[Symbol.dispose]());

  test("resolves to replicas that are added and removed while all connections are healthy", async () => {
    await using replicas = await serveReplicas();
    using stack = new DisposableStack();
    names.set(NAME, [FIRST]);
    const transport = stack.adopt(echoTransport(replicas.address), (it) => it.close());
    const client = quietClient(EchoService, transport);
    expect(await sharesOf(client, replicas.calls, 1)).toEqual([1, 0, 0]);

    names.set(NAME, HOSTS);
    let added = 0;
    await eventually(async () => {
      const [, second = 0, third = 0] = await sharesOf(client, replicas.calls, HOSTS.length);
      added = Math.max(second, third);
      return added > 0;
    });
    expect(added).toBeLessThan(FIRST_SHARE_MAX);
    await eventually(async () => {
      const shares = await sharesOf(client, replicas.calls, HOSTS.length);
      return shares.every((share) => share >= SHARE_MIN);
    });

    names.set(NAME, [FIRST]);
    await eventually(async () => {
      const [first] = await sharesOf(client, replicas.calls, 1);
      return first === 1;
    });
  });

  test("resolves to no new replica without the policy: the control arm", async () => {
    await using replicas = await serveReplicas();
    using stack = new DisposableStack();
    names.set(NAME, [FIRST]);
    const transport = stack.adopt(echoTransport(replicas.address, "off"), (it) => it.close());
    const client = quietClient(EchoService, transport);
    await sharesOf(client, replicas.calls, 1);
    names.set(NAME, HOSTS);
    const end = performance.now() + FOUND_MS;
    while (performance.now() < end) {
      expect(await sharesOf(client, replicas.calls, 1)).toEqual([1, 0, 0]);
    }
  });

  test("may be unresolvable for a while: the known replicas still get calls", async () => {
    await using replicas = await serveReplicas();
    using stack = new DisposableStack();
    names.set(NAME, HOSTS);
    const transport = stack.adopt(echoTransport(replicas.address), (it) => it.close());
    const client = quietClient(EchoService, transport);
    await sharesOf(client, replicas.calls, HOSTS.length);
    names.forget(NAME);
    const end = performance.now() + FOUND_MS;
    while (performance.now() < end) await sharesOf(client, replicas.calls, HOSTS.length);
    await eventually(async () => {
      const shares = await sharesOf(client, replicas.calls, HOSTS.length);
      return shares.every((share) => share >= SHARE_MIN);
    });
  });
});
