import { Metadata, Server, ServerCredentials, type ServiceError, status } from "@grpc/grpc-js";
import { createGrpcServer } from "#rpc/grpc/grpc-server.ts";
import { toServiceDefinition } from "#rpc/grpc/service-definition.ts";
import { Trace } from "#rpc/trace/trace.ts";
import { EchoService } from "#testing/echo-service.ts";
import { echoRouter, echoTransport } from "#testing/echo-transports.ts";
import { quietClient } from "#testing/quiet-client.ts";
import { contextFor } from "#testing/test-context.ts";

/**
 * A raw server, so that an error comes as from a connection that was lost: with a status and no
 * reason.
 */
async function failingServer(answer: (attempt: number) => Partial<ServiceError> | undefined) {
  const server = new Server();
  let attempts = 0;
  const handle = (call: { request: unknown }, done: (error: unknown, value?: unknown) => void) => {
    attempts += 1;
    const error = answer(attempts);
    if (error) done(error);
    else done(null, call.request);
  };
  const definition = toServiceDefinition(EchoService);
  server.addService(definition, { say: handle, tell: handle, ask: handle } as never);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return {
    address: `127.0.0.1:${port}`,
    attempts: () => attempts,
    [Symbol.asyncDispose]: async () => server.forceShutdown(),
  };
}

const LOST: Partial<ServiceError> = { code: status.UNAVAILABLE, details: "lost" };
const onlyFirst = (attempt: number) => (attempt === 1 ? LOST : undefined);

function withPushback(milliseconds: string): Partial<ServiceError> {
  const metadata = new Metadata();
  metadata.set("grpc-retry-pushback-ms", milliseconds);
  return { ...LOST, metadata };
}

describe("a call that is lost", () => {
  test.each(["say", "ask"] as const)("is retried if its method only reads: %s", async (name) => {
    await using server = await failingServer(onlyFirst);
    using stack = new DisposableStack();
    const transport = stack.adopt(echoTransport(server.address), (it) => it.close());
    const client = quietClient(EchoService, transport);
    const trace = new Trace();
    const context = { ...contextFor(), trace };
    await expect(client[name]({ value: "x" }, context)).resolves.toMatchObject({ value: "x" });
    expect(server.attempts()).toBe(2);
    expect(trace.calls).toMatchObject([{ code: "OK", tries: 2 }]);
  });

  test("is never retried if its method may not be called twice", async () => {
    await using server = await failingServer(onlyFirst);
    using stack = new DisposableStack();
    const transport = stack.adopt(echoTransport(server.address), (it) => it.close());
    const client = quietClient(EchoService, transport);
    await expect(client.tell({ value: "x" }, contextFor())).rejects.toMatchObject({
      code: status.UNAVAILABLE,
    });
    expect(server.attempts()).toBe(1);
  });

  test("is lost without the policy: the control arm", async () => {
    await using server = await failingServer(onlyFirst);
    using stack = new DisposableStack();
    const transport = stack.adopt(echoTransport(server.address, "off"), (it) => it.close());
    const client = quietClient(EchoService, transport, "off");
    await expect(client.say({ value: "x" }, contextFor())).rejects.toMatchObject({
      code: status.UNAVAILABLE,
    });
    expect(server.attempts()).toBe(1);
  });

  test("is not retried if the callee says so", async () => {
    await using server = await failingServer(() => withPushback("-1"));
    using stack = new DisposableStack();
    const transport = stack.adopt(echoTransport(server.address), (it) => it.close());
    const client = quietClient(EchoService, transport);
    await expect(client.say({ value: "x" }, contextFor())).rejects.toMatchObject({
      code: status.UNAVAILABLE,
    });
    expect(server.attempts()).toBe(1);
  });

  test("is retried when the callee says", async () => {
    const PUSHBACK_MS = 300; // longer than grpc-js would wait by itself
    const times: number[] = [];
    await using server = await failingServer((attempt) => {
      times.push(performance.now());
      return attempt === 1 ? withPushback(String(PUSHBACK_MS)) : undefined;
    });
    using stack = new DisposableStack();
    const transport = stack.adopt(echoTransport(server.address), (it) => it.close());
    await quietClient(EchoService, transport).say({ value: "x" }, contextFor());
    const [first = 0, second = 0] = times;
    // A timer may fire a millisecond early.
    expect(second - first).toBeGreaterThanOrEqual(PUSHBACK_MS - 2);
  });

  test("adds at most a twentieth to the load of a callee that fails every call", async () => {
    const CALLS = 1_000;
    await using server = await failingServer(() => LOST);
    using stack = new DisposableStack();
    const transport = stack.adopt(echoTransport(server.address), (it) => it.close());
    for (let calls = 0; calls < CALLS; calls += 4) {
      // A client of its own for every four calls: below the breaker's volume, so that it hides
      // nothing.
      const client = quietClient(EchoService, transport);
      const four = [1, 2, 3, 4].map(() => client.say({ value: "x" }, contextFor()));
      await Promise.allSettled(four);
    }
    expect(server.attempts()).toBeGreaterThan(CALLS);
    expect(server.attempts()).toBeLessThanOrEqual(CALLS * 1.05);
  });
});

describe("replicas", () => {
  test("take turns, and if one is down the other gets all calls", async () => {
    const seen: string[] = [];
    const replica = async (name: string) => {
      const say = async ({ value }: { readonly value: string }) => {
        seen.push(name);
        return { value };
      };
      const server = createGrpcServer(echoRouter({ say }), { host: "127.0.0.1", port: 0 });
      return { server, address: `127.0.0.1:${await server.start()}` };
    };
    const [one, two] = [await replica("one"), await replica("two")];
    const transport = echoTransport([one.address, two.address]);
    const client = quietClient(EchoService, transport);
    try {
      for (let call = 0; call < 40; call++) await client.say({ value: "x" }, contextFor());
      const counts = [seen.filter((name) => name === "one").length, seen.length];
      expect(counts[1]).toBe(40);
      expect(counts[0]).toBeGreaterThanOrEqual(10);
      expect(counts[0]).toBeLessThanOrEqual(30);

      await one.server.drain(AbortSignal.abort());
      for (let call = 0; call < 40; call++) await client.say({ value: "x" }, contextFor());
      expect(seen.slice(-20).every((name) => name === "two")).toBe(true);
    } finally {
      transport.close();
      await one.server.drain(AbortSignal.abort());
      await two.server.drain(AbortSignal.abort());
    }
  });
});
