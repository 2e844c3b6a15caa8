import { status } from "@grpc/grpc-js";
import { Failure } from "#failure.ts";
import { ANONYMOUS } from "#identity/caller.ts";
import { createLogger } from "#telemetry/logger.ts";
import { ECHO_TIMEOUT_MS, EchoService } from "#testing/echo-service.ts";
import { contextFor } from "#testing/test-context.ts";
import type { CallContext } from "./call-context.ts";
import { createClient } from "./client.ts";
import { cancelled } from "./deadline.ts";
import { createGrpcServer } from "./grpc-server.ts";
import { createGrpcTransport } from "./grpc-transport.ts";
import type { Handlers } from "./handlers.ts";
import { createInProcessTransport } from "./in-process-transport.ts";
import { createRouter, type Router } from "./router.ts";
import { RpcError } from "./rpc-error.ts";
import type { Transport } from "./transport.ts";

type EchoHandlers = Handlers<typeof EchoService>;

const ECHO: EchoHandlers = {
  say: async ({ value }) => ({ value }),
  async *count({ value }) {
    for (let number = 1; number <= value; number++) yield { value: number };
  },
  async collect(chunks) {
    let value = 0;
    for await (const chunk of chunks) value += chunk.value.length;
    return { value };
  },
};

function routerOf(handlers: Partial<EchoHandlers>): Router {
  const implementation = {
    service: EchoService,
    handlers: { ...ECHO, ...handlers },
    errorDomain: "echo.triptych",
    reasonStatus: { ECHO_NOT_FOUND: status.NOT_FOUND },
  };
  return createRouter([implementation as never], {
    authenticate: async (authorization) => {
      if (authorization === undefined) return ANONYMOUS;
      if (authorization !== "Bearer good") {
        throw new RpcError(status.UNAUTHENTICATED, "bad token", { reason: "UNAUTHENTICATED" });
      }
      return { kind: "user", userId: "u", sessionId: "s", token: "good" };
    },
    logger: createLogger({ service: "echo", level: "silent" }),
    observe: () => {},
  });
}

const KINDS = {
  "over gRPC": async (router: Router) => {
    const server = createGrpcServer(router, { host: "127.0.0.1", port: 0 });
    const port = await server.start();
    server.setServing(true);
    return {
      transport: createGrpcTransport(`127.0.0.1:${port}`),
      stop: () => server.drain(AbortSignal.timeout(100)),
    };
  },
  "in process": async (router: Router) => ({
    transport: createInProcessTransport(router, () => true),
    stop: async () => {},
  }),
};

describe.each(Object.entries(KINDS))("a call %s", (_, open) => {
  const stops: (() => unknown)[] = [];
  const serve = async (handlers: Partial<EchoHandlers> = {}) => {
    const { transport, stop } = await open(routerOf(handlers));
    stops.push(() => transport.close(), stop);
    return { transport, client: clientOf(transport) };
  };
  const clientOf = (transport: Transport) =>
    createClient(EchoService, {
      callee: "echo",
      transport,
      observeCall: () => {},
      observeBreaker: () => {},
    });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  test("answers", async () => {
    const { client } = await serve();
    await expect(client.say({ value: "hello" }, contextFor())).resolves.toMatchObject({
      value: "hello",
    });
  });

  test("carries the request id, the user's token and what is left of the time", async () => {
    let seen: CallContext | undefined;
    const { client } = await serve({
      say: async (message, context) => {
        seen = context;
        return message;
      },
    });
    const caller = { kind: "user", userId: "u", sessionId: "s", token: "good" } as const;
    const context = contextFor(caller, { timeoutMs: 300, requestId: "r-1" });
    await client.say({ value: "" }, context);
    expect(seen).toMatchObject({ requestId: "r-1", caller });
    expect(Math.abs((seen?.deadline ?? 0) - context.deadline)).toBeLessThan(50);
  });

  test("is given no longer than the method's policy, whatever the caller has left", async () => {
    let deadline = 0;
    const { client } = await serve({
      say: async (message, context) => {
        deadline = context.deadline;
        return message;
      },
    });
    await client.say({ value: "" }, contextFor(ANONYMOUS, { timeoutMs: 60_000 }));
    expect(deadline).toBeLessThanOrEqual(Date.now() + ECHO_TIMEOUT_MS);
  });

  test("fails with UNAUTHENTICATED if the token is bad", async () => {
    const { client } = await serve();
    const caller = { kind: "user", userId: "u", sessionId: "s", token: "bad" } as const;
    await expect(client.say({ value: "" }, contextFor(caller))).rejects.toMatchObject({
      code: status.UNAUTHENTICATED,
      reason: "UNAUTHENTICATED",
    });
  });

  test("carries a failure's reason, metadata, fields and retry time", async () => {
    const violations = [{ field: "page_token", message: "is made up" }];
    const { client } = await serve({
      say: async () => {
        const options = { metadata: { id: "7" }, violations, retryAfterMs: 1500 };
        throw new Failure("ECHO_NOT_FOUND", "no such echo", options);
      },
    });
    await expect(client.say({ value: "" }, contextFor())).rejects.toMatchObject({
      code: status.NOT_FOUND,
      message: "no such echo",
      reason: "ECHO_NOT_FOUND",
      domain: "echo.triptych",
      metadata: { id: "7" },
      violations,
      retryAfterMs: 1500,
    });
  });

  test("tells nobody what a defect was", async () => {
    const { client } = await serve({
      say: async () => {
        throw new Error("select secret from table");
      },
    });
    const failed = client.say({ value: "" }, contextFor());
    await expect(failed).rejects.toMatchObject({
      code: status.INTERNAL,
      message: "internal error",
    });
  });

  test("fails at the deadline, and tells the handler", async () => {
    const told = Promise.withResolvers<void>();
    const { client } = await serve({
      say: (_, { signal }) => {
        signal.addEventListener("abort", () => told.resolve());
        return new Promise(() => {});
      },
    });
    await expect(
      client.say({ value: "" }, contextFor(ANONYMOUS, { timeoutMs: 100 })),
    ).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    await told.promise;
  });

  test("is cancelled on the other side when the caller gives up", async () => {
    const started = Promise.withResolvers<void>();
    const told = Promise.withResolvers<void>();
    const { client } = await serve({
      say: (_, { signal }) => {
        signal.addEventListener("abort", () => told.resolve());
        started.resolve();
        return new Promise(() => {});
      },
    });
    const controller = new AbortController();
    const call = client.say({ value: "" }, contextFor(ANONYMOUS, { signal: controller.signal }));
    await started.promise;
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: status.CANCELLED });
    await told.promise;
  });

  test("gives neither side the other's message", async () => {
    const kept: { value: string }[] = [];
    const { client } = await serve({
      say: async (message) => {
        kept.push(message);
        return message;
      },
    });
    const answer = await client.say({ value: "mine" }, contextFor());
    answer.value = "changed";
    expect(kept[0]?.value).toBe("mine");
  });

  test("streams to the caller", async () => {
    const { client } = await serve();
    const values = [];
    for await (const { value } of client.count({ value: 200 }, contextFor())) values.push(value);
    expect(values).toHaveLength(200);
  });

  test("ends the handler's stream when the caller leaves the loop", async () => {
    const ended = Promise.withResolvers<void>();
    const { client } = await serve({
      async *count() {
        try {
          for (let value = 1; ; value++) yield { value };
        } finally {
          ended.resolve();
        }
      },
    });
    for await (const { value } of client.count({ value: 1 }, contextFor())) {
      if (value === 3) break;
    }
    await ended.promise;
  });

  test("fails in the middle of a stream with the handler's reason", async () => {
    const { client } = await serve({
      async *count() {
        yield { value: 1 };
        throw new Failure("ECHO_NOT_FOUND", "gone");
      },
    });
    const read = async () => {
      for await (const _ of client.count({ value: 1 }, contextFor()));
    };
    await expect(read()).rejects.toMatchObject({ reason: "ECHO_NOT_FOUND" });
  });

  test("streams from the caller", async () => {
    const { client } = await serve();
    async function* chunks() {
      for (let count = 0; count < 100; count++) yield { value: new Uint8Array(65_536) };
    }
    await expect(client.collect(chunks(), contextFor())).resolves.toMatchObject({
      value: 6_553_600,
    });
  });

  test("stops reading from the caller when the handler has answered", async () => {
    const { client } = await serve({
      collect: async (chunks) => {
        for await (const _ of chunks) throw new Failure("ECHO_NOT_FOUND", "enough");
        return { value: 0 };
      },
    });
    const stopped = Promise.withResolvers<void>();
    async function* endless() {
      try {
        while (true) yield { value: new Uint8Array(65_536) };
      } finally {
        stopped.resolve();
      }
    }
    await expect(client.collect(endless(), contextFor())).rejects.toMatchObject({
      reason: "ECHO_NOT_FOUND",
    });
    await stopped.promise;
  });

  test("fails with the source's own error when what is to be sent cannot be read", async () => {
    const started = Promise.withResolvers<void>();
    const failed = Promise.withResolvers<void>();
    const { client } = await serve({
      collect: async (chunks) => {
        try {
          for await (const _ of chunks) started.resolve();
        } catch {
          failed.resolve();
        }
        return { value: 0 };
      },
    });
    async function* broken() {
      yield { value: new Uint8Array(1) };
      await started.promise;
      throw new Error("hang-up");
    }
    await expect(client.collect(broken(), contextFor())).rejects.toThrow("hang-up");
    await failed.promise;
  });

  test("fails with CANCELLED when the source says so, which is no sign that the callee is ill", async () => {
    const { client } = await serve();
    async function* givesUp() {
      yield { value: new Uint8Array(1) };
      throw cancelled();
    }
    for (let times = 0; times < 8; times++) {
      await expect(client.collect(givesUp(), contextFor())).rejects.toMatchObject({
        reason: "CANCELLED",
      });
    }
  });

  test("says whether the callee takes traffic", async () => {
    const { transport } = await serve();
    await expect(transport.health(1000)).resolves.toBe("serving");
  });
});
