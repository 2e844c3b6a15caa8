import { setTimeout as delay } from "node:timers/promises";
import { ANONYMOUS } from "#identity/caller.ts";
import { EchoService } from "#testing/echo-service.ts";
import { type EchoHandlers, echoRouter, echoTransport } from "#testing/echo-transports.ts";
import { quietClient } from "#testing/quiet-client.ts";
import { contextFor } from "#testing/test-context.ts";
import type { Client } from "./client.ts";
import { createGrpcServer } from "./grpc-server.ts";

/** Each has a connection of its own; of a few that end under load, one at least ends with a call on its way. */
const SERVERS = 12;
/** Longer than any connection lives. */
const LOAD_MS = 6_000;
const WRITERS = 24;
const READERS = 24;
/** So many messages come so far apart: a stream takes a second. */
const STREAM_MESSAGES = 10;
const STREAM_PAUSE_MS = 100;

const slowly: EchoHandlers["count"] = async function* ({ value }) {
  for (let number = 1; number <= value; number++) {
    await delay(STREAM_PAUSE_MS);
    yield { value: number };
  }
};

/** Serves the echo service so many times over. */
async function serve() {
  const servers = Array.from({ length: SERVERS }, () =>
    createGrpcServer(echoRouter({ count: slowly }), { host: "127.0.0.1", port: 0 }),
  );
  const ports = await Promise.all(servers.map((server) => server.start()));
  return {
    addresses: ports.map((port) => `127.0.0.1:${port}`),
    async [Symbol.asyncDispose]() {
      for (const server of servers) await server.drain(AbortSignal.abort());
    },
  };
}

/** Repeats something for as long as the load lasts. Returns why it failed, as often as it did. */
async function repeat(act: () => Promise<unknown>): Promise<readonly string[]> {
  const failures: string[] = [];
  const end = performance.now() + LOAD_MS;
  while (performance.now() < end) {
    await act().catch((error: Error) => failures.push(error.message));
  }
  return failures;
}

async function lostUnder(
  ...loads: readonly (readonly [count: number, act: () => Promise<unknown>])[]
) {
  const running = loads.flatMap(([count, act]) => Array.from({ length: count }, () => repeat(act)));
  return (await Promise.all(running)).flat();
}

const write = (client: Client<typeof EchoService>) => () =>
  client.tell({ value: "x" }, contextFor());

describe("a connection that ends for its age", () => {
  test("takes no call with it, whether it may be made twice or not, and cuts no stream", async () => {
    await using servers = await serve();
    using stack = new DisposableStack();
    const transport = stack.adopt(echoTransport(servers.addresses), (it) => it.close());
    const client = quietClient(EchoService, transport);
    const read = async () => {
      const context = contextFor(ANONYMOUS, { timeoutMs: LOAD_MS });
      let last = 0;
      for await (const { value } of client.count({ value: STREAM_MESSAGES }, context)) last = value;
      expect(last).toBe(STREAM_MESSAGES);
    };
    expect(await lostUnder([WRITERS, write(client)], [READERS, read])).toEqual([]);
  });

  test("takes with it what comes too late for it without the policy: the control arm", async () => {
    await using servers = await serve();
    using stack = new DisposableStack();
    const transport = stack.adopt(echoTransport(servers.addresses, "off"), (it) => it.close());
    const client = quietClient(EchoService, transport, "off");
    expect(await lostUnder([WRITERS, write(client)])).not.toEqual([]);
  });
});
