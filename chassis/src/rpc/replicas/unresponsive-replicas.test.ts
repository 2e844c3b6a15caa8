import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "#rpc/client/client.ts";
import { createGrpcServer } from "#rpc/grpc/grpc-server.ts";
import { ECHO_HEDGE_AFTER_MS } from "#testing/echo-file.ts";
import { EchoService } from "#testing/echo-service.ts";
import { echoRouter, echoTransport } from "#testing/echo-transports.ts";
import { eventually } from "#testing/eventually.ts";
import { quietClient } from "#testing/quiet-client.ts";
import { contextFor } from "#testing/test-context.ts";
import { isUnresponsive } from "./unresponsive-replicas.ts";

const HOST = "127.0.0.1";
/** Enough for each of three that take turns. */
const CALLS_AT_ONCE = 24;

/**
 * A way to a replica that can be held: what is sent waits in it, as with a process that is frozen.
 */
async function holdableWay(port: number) {
  const sockets = new Set<Socket>();
  const way = createServer((near) => {
    const far = connect(port, HOST);
    for (const socket of [near, far]) {
      sockets.add(socket);
      // the other end was closed: the pipe's end is told
      socket.on("error", () => socket.destroy());
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => way.listen(0, HOST, resolve));
  return {
    address: `${HOST}:${(way.address() as AddressInfo).port}`,
    hold: () => sockets.forEach((socket) => void socket.pause()),
    release: () => sockets.forEach((socket) => void socket.resume()),
    close() {
      for (const socket of sockets) socket.destroy();
      way.close();
    },
  };
}

/** Serves three replicas, the first by a way that can be held, and counts their calls. */
async function serveThree() {
  const calls = [0, 0, 0];
  await using stack = new AsyncDisposableStack();
  const ports: number[] = [];
  for (const index of calls.keys()) {
    const count = async (message: { readonly value: string }) => {
      calls[index] = (calls[index] ?? 0) + 1;
      return message;
    };
    const server = createGrpcServer(echoRouter({ say: count, tell: count, ask: count }), {
      host: HOST,
      port: 0,
    });
    ports.push(await server.start());
    stack.defer(() => server.drain(AbortSignal.abort()));
  }
  const way = await holdableWay(ports[0] ?? 0);
  stack.defer(() => way.close());
  const stops = stack.move();
  const direct = ports.slice(1).map((port) => `${HOST}:${port}`);
  return {
    way,
    calls,
    addresses: [way.address, ...direct],
    /** Makes calls until every replica is connected and had some. */
    async meet(client: Client<typeof EchoService>) {
      await eventually(async () => {
        await round(client);
        return calls.every((count) => count > 0);
      });
    },
    [Symbol.asyncDispose]: () => stops.disposeAsync(),
  };
}

/** Makes calls at once of a method that may not be called twice. Returns how many failed. */
async function round(client: Client<typeof EchoService>): Promise<number> {
  const calls = Array.from({ length: CALLS_AT_ONCE }, () =>
    client.tell({ value: "x" }, contextFor()),
  );
  const results = await Promise.allSettled(calls);
  return results.filter((one) => one.status === "rejected").length;
}

describe("a replica that hangs as a whole", () => {
  test("gets no new call, keeps the calls that it has, and gets calls again once it answers", async () => {
    await using replicas = await serveThree();
    using stack = new DisposableStack();
    const transport = stack.adopt(echoTransport(replicas.addresses), (it) => it.close());
    const client = quietClient(EchoService, transport);
    await replicas.meet(client);

    replicas.way.hold();
    const held = round(client);
    await eventually(async () => isUnresponsive(replicas.way.address));
    const before = replicas.calls[0];
    expect([await round(client), await round(client)]).toEqual([0, 0]);
    expect(replicas.calls[0]).toBe(before);

    replicas.way.release();
    expect(await held).toBe(0);
    const after = replicas.calls[0] ?? 0;
    await eventually(async () => {
      await round(client);
      return (replicas.calls[0] ?? 0) > after;
    });
  });

  test("gets calls if there is no other", async () => {
    await using replicas = await serveThree();
    using stack = new DisposableStack();
    const transport = stack.adopt(echoTransport(replicas.way.address), (it) => it.close());
    const client = quietClient(EchoService, transport);
    await round(client);

    replicas.way.hold();
    const first = round(client);
    await eventually(async () => isUnresponsive(replicas.way.address));
    const second = round(client);
    replicas.way.release();
    expect([await first, await second]).toEqual([0, 0]);
  });

  test("gets no second try if there is no other", async () => {
    await using replicas = await serveThree();
    using stack = new DisposableStack();
    const transport = stack.adopt(echoTransport(replicas.way.address), (it) => it.close());
    const client = quietClient(EchoService, transport);
    await round(client);
    const before = replicas.calls[0] ?? 0;

    replicas.way.hold();
    const asked = client.ask({ value: "x" }, contextFor());
    await delay(2 * ECHO_HEDGE_AFTER_MS);
    replicas.way.release();
    await asked;
    expect(replicas.calls[0]).toBe(before + 1);
  });

  test("gets its third of the calls without the policy: the control arm", async () => {
    await using replicas = await serveThree();
    using stack = new DisposableStack();
    const transport = stack.adopt(echoTransport(replicas.addresses, "off"), (it) => it.close());
    const client = quietClient(EchoService, transport);
    await replicas.meet(client);

    replicas.way.hold();
    expect([await round(client), await round(client)]).not.toContain(0);
  });
});
