import { status } from "@grpc/grpc-js";
import { RpcError } from "#contract/rpc-error.ts";
import type { Client } from "#rpc/client/client.ts";
import { createGrpcServer } from "#rpc/grpc/grpc-server.ts";
import { EchoService } from "#testing/echo-service.ts";
import { type EchoHandlers, echoRouter, echoTransport } from "#testing/echo-transports.ts";
import { eventually } from "#testing/eventually.ts";
import { quietClient } from "#testing/quiet-client.ts";
import { contextFor } from "#testing/test-context.ts";

/** Enough for every replica to be judged. */
const CALLS_AT_ONCE = 24;
/** So many rounds without a failure show that a bad replica is asked no more. */
const CLEAN_ROUNDS = 5;
/** Longer than it takes to judge a replica twice. */
const JUDGED_MS = 6_000;

/**
 * The least share of one of three replicas under round robin, with a few calls during a reconnect.
 */
const EVEN_SHARE_MIN = 0.3;

const broken: EchoHandlers["say"] = () => {
  throw new RpcError(status.INTERNAL, "broken");
};
const hangs: EchoHandlers["say"] = () => new Promise(() => {});

/**
 * Serves replicas, each with what it says to a call once it is asked to, and counts their calls.
 */
async function serveReplicas(...says: readonly (EchoHandlers["say"] | undefined)[]) {
  const calls = says.map(() => 0);
  let isOdd = false;
  const servers = says.map((own, index) => {
    const say: EchoHandlers["say"] = async (message, context) => {
      calls[index] = (calls[index] ?? 0) + 1;
      return own !== undefined && isOdd ? await own(message, context) : message;
    };
    return createGrpcServer(echoRouter({ say }), { host: "127.0.0.1", port: 0 });
  });
  const ports = await Promise.all(servers.map((server) => server.start()));
  for (const server of servers) server.setServing(true);
  return {
    calls,
    addresses: ports.map((port) => `127.0.0.1:${port}`),
    /**
     * Makes calls until every replica is connected and had some, and the odd ones odd from then on.
     */
    async turnOdd(client: Client<typeof EchoService>) {
      await eventually(async () => {
        await round(client);
        return calls.every((count) => count > 0);
      });
      isOdd = true;
    },
    /** Lets every replica answer again. */
    heal() {
      isOdd = false;
    },
    async [Symbol.asyncDispose]() {
      for (const server of servers) await server.drain(AbortSignal.abort());
    },
  };
}

/** Makes some calls at once. Returns the errors of those that failed. */
async function round(client: Client<typeof EchoService>): Promise<readonly RpcError[]> {
  const calls = Array.from({ length: CALLS_AT_ONCE }, () =>
    client.say({ value: "x" }, contextFor()),
  );
  const results = await Promise.allSettled(calls);
  return results.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
}

/** Makes rounds of calls until replicas were judged. Returns the failures of each round. */
async function rounds(client: Client<typeof EchoService>): Promise<(readonly RpcError[])[]> {
  const failures: (readonly RpcError[])[] = [];
  const end = performance.now() + JUDGED_MS;
  while (performance.now() < end) failures.push(await round(client));
  return failures;
}

describe("a replica of three", () => {
  /**
   * Makes calls until several rounds in a row are without a failure. Returns the failures before.
   */
  const untilPassedOver = async (bad: EchoHandlers["say"]) => {
    await using replicas = await serveReplicas(bad, undefined, undefined);
    using stack = new DisposableStack();
    const transport = stack.adopt(echoTransport(replicas.addresses), (it) => it.close());
    const client = quietClient(EchoService, transport);
    await replicas.turnOdd(client);
    const failures: RpcError[] = [];
    let clean = 0;
    await eventually(async () => {
      const failed = await round(client);
      failures.push(...failed);
      clean = failed.length === 0 ? clean + 1 : 0;
      return clean >= CLEAN_ROUNDS;
    });
    return failures;
  };

  test("that fails every call is ejected before a breaker opens", async () => {
    const failures = await untilPassedOver(broken);
    expect(new Set(failures.map(({ code }) => code))).toEqual(new Set([status.INTERNAL]));
  });

  test("that hangs is ejected", async () => {
    expect(await untilPassedOver(hangs)).not.toEqual([]);
  });

  test.each([
    ["fails every call", broken],
    ["hangs", hangs],
  ] as const)(
    "that %s has its third of the calls without the policy: the control arm",
    async (_, bad) => {
      await using replicas = await serveReplicas(bad, undefined, undefined);
      using stack = new DisposableStack();
      const transport = stack.adopt(echoTransport(replicas.addresses, "off"), (it) => it.close());
      const client = quietClient(EchoService, transport);
      await replicas.turnOdd(client);
      const failures = await rounds(client);
      expect(failures.filter(({ length }) => length === 0)).toEqual([]);
    },
  );

  test("gets calls again once it is healthy", async () => {
    await using replicas = await serveReplicas(broken, undefined, undefined);
    using stack = new DisposableStack();
    const transport = stack.adopt(echoTransport(replicas.addresses), (it) => it.close());
    const client = quietClient(EchoService, transport);
    await replicas.turnOdd(client);
    await eventually(async () => (await round(client)).length === 0);
    replicas.heal();
    const before = replicas.calls[0];
    await eventually(async () => {
      expect(await round(client)).toEqual([]);
      return replicas.calls[0] !== before;
    });
  });
});

describe("replicas that all fail alike", () => {
  /** Without breaker, so that every call is seen. */
  const play = async (...says: readonly EchoHandlers["say"][]) => {
    await using replicas = await serveReplicas(...says);
    using stack = new DisposableStack();
    const transport = stack.adopt(echoTransport(replicas.addresses), (it) => it.close());
    const client = quietClient(EchoService, transport, "off");
    await replicas.turnOdd(client);
    const first = [...replicas.calls];
    const failures = (await rounds(client)).flat();
    const shares = replicas.calls.map(
      (calls, index) => (calls - (first[index] ?? 0)) / failures.length,
    );
    return { codes: new Set(failures.map(({ code }) => code)), shareMin: Math.min(...shares) };
  };

  test("are not all ejected: one is, and the others answer every call", async () => {
    const { codes, shareMin } = await play(broken, broken, broken);
    expect(codes).toEqual(new Set([status.INTERNAL]));
    expect(shareMin).toBeLessThan(EVEN_SHARE_MIN);
  });

  test("get calls if there is no other", async () => {
    expect((await play(broken)).codes).toEqual(new Set([status.INTERNAL]));
  });

  test.each([
    ["NOT_FOUND", new RpcError(status.NOT_FOUND, "none", { reason: "ECHO_NOT_FOUND" })],
    ["what they shed", new RpcError(status.RESOURCE_EXHAUSTED, "full", { reason: "OVERLOADED" })],
  ])("are all asked if the failure is not theirs: %s", async (_, error) => {
    const refuse: EchoHandlers["say"] = () => {
      throw error;
    };
    const { codes, shareMin } = await play(refuse, refuse, refuse);
    expect(codes).toEqual(new Set([error.code]));
    expect(shareMin).toBeGreaterThan(EVEN_SHARE_MIN);
  });
});
