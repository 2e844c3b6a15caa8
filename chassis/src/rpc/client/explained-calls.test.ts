import assert from "node:assert";
import { status } from "@grpc/grpc-js";
import { RpcError } from "#contract/rpc-error.ts";
import { ANONYMOUS, type Caller } from "#identity/caller.ts";
import type { CallContext } from "#rpc/call-context.ts";
import { Trace } from "#rpc/trace/trace.ts";
import { ECHO_HEDGE_AFTER_MS } from "#testing/echo-file.ts";
import { EchoService } from "#testing/echo-service.ts";
import { echoTransport, onEveryTransport, type ServedEcho } from "#testing/echo-transports.ts";
import { eventually } from "#testing/eventually.ts";
import { quietClient } from "#testing/quiet-client.ts";
import { contextFor } from "#testing/test-context.ts";

const OPERATOR = {
  kind: "user",
  userId: "u",
  sessionId: "s",
  operator: true,
  token: "operator",
} as const;
/** Who says that they are one; their token does not. */
const PRETENDER = { ...OPERATOR, token: "good" } as const;

function explainedContext(caller: Caller = OPERATOR): CallContext & { readonly trace: Trace } {
  return { ...contextFor(caller), trace: new Trace() };
}

onEveryTransport((serve) => {
  /** Serves a callee that asks another one before it answers, or fails. */
  async function serveChain(): Promise<ServedEcho> {
    const inner = await serve();
    return serve({
      say: async (request, context) => {
        const answer = await inner.client.say(request, context);
        if (answer.value === "fail")
          throw new RpcError(status.NOT_FOUND, "", { reason: "NO_ECHO" });
        return answer;
      },
      async collect(_, context) {
        await inner.client.say({ value: "" }, context);
        return { value: 7 };
      },
    });
  }

  const INNER = {
    callee: "test",
    method: "echo.v1.EchoService/Say",
    code: "OK",
    ms: expect.any(Number),
    tries: 1,
    breaker: "closed",
    calls: [],
  };

  test("has a span for an operator, with the callee's own calls", async () => {
    const { client } = await serveChain();
    const context = explainedContext();
    await client.say({ value: "hello" }, context);
    expect(context.trace.calls).toEqual([{ ...INNER, calls: [INNER] }]);
    const [call] = context.trace.calls;
    assert(call !== undefined && "ms" in call);
    expect(call.ms).toBeGreaterThan(0);
  });

  test("has a span when it fails, with its reason and the callee's own calls", async () => {
    const { client } = await serveChain();
    const context = explainedContext();
    await expect(client.say({ value: "fail" }, context)).rejects.toThrow();
    expect(context.trace.calls).toEqual([
      { ...INNER, code: "NOT_FOUND", reason: "NO_ECHO", calls: [INNER] },
    ]);
  });

  test("has a span if it sends a stream, and if it reads one", async () => {
    const { client } = await serveChain();
    const context = explainedContext();
    await client.collect(none(), context);
    for await (const _ of client.count({ value: 2 }, context));
    const { calls } = context.trace;
    expect(calls).toEqual([
      { ...INNER, method: "echo.v1.EchoService/Collect", calls: [INNER] },
      { ...INNER, method: "echo.v1.EchoService/Count" },
    ]);
  });

  test("shows the callee's own calls to operators only, by the token and not by what the caller says", async () => {
    const { client } = await serveChain();
    for (const caller of [ANONYMOUS, PRETENDER]) {
      const context = explainedContext(caller);
      await client.say({ value: "hello" }, context);
      expect(context.trace.calls).toEqual([INNER]);
    }
  });

  test("gives the handler of the callee a trace only if the caller asked for one", async () => {
    const seen: CallContext[] = [];
    const { client } = await serve({
      say: async (message, context) => {
        seen.push(context);
        return message;
      },
    });
    await client.say({ value: "" }, contextFor(OPERATOR));
    await client.say({ value: "" }, explainedContext());
    expect(seen.map(({ trace }) => trace instanceof Trace)).toEqual([false, true]);
  });

  test("counts a second try", async () => {
    let asked = 0;
    const { client } = await serve({
      ask: async (message) => {
        asked += 1;
        const isFirst = asked === 1;
        if (isFirst) await new Promise((resolve) => setTimeout(resolve, 4 * ECHO_HEDGE_AFTER_MS));
        return message;
      },
    });
    const context = explainedContext();
    await client.ask({ value: "" }, context);
    expect(context.trace.calls).toMatchObject([{ code: "OK", tries: 2 }]);
  });

  test("was not sent once its breaker is open", async () => {
    const down = () =>
      Promise.reject(new RpcError(status.UNAVAILABLE, "", { reason: "TEST_DOWN" }));
    const { client } = await serve({ tell: down }, down);
    const context = explainedContext();
    const { calls } = context.trace;
    await eventually(async () => {
      await client.tell({ value: "" }, context).catch(() => 0);
      const last = calls.at(-1);
      return last !== undefined && "breaker" in last && last.breaker === "open";
    });
    expect(calls[0]).toMatchObject({ reason: "TEST_DOWN", tries: 1, breaker: "closed" });
    expect(calls.at(-1)).toMatchObject({ reason: "BREAKER_OPEN", tries: 0, breaker: "open" });
  });

  test("shows how much of a batch was cached, how old that is, and its error", async () => {
    let down = false;
    const { client } = await serve({
      batchGetWords: async ({ ids }) => {
        if (down) throw new RpcError(status.INTERNAL, "down", { reason: "TEST_DOWN" });
        return { words: ids.map((id) => ({ id, text: id })) };
      },
    });
    const context = explainedContext();
    await client.batchGetWords({ ids: ["a", "b"] }, context);
    await client.batchGetWords({ ids: ["a", "b"] }, context);
    down = true;
    await client.tell({ value: "a" }, contextFor());
    const options = { onStale: () => undefined };
    await client.batchGetWords({ ids: ["a", "b", "c"] }, context, options);
    const oldestMs = expect.any(Number);
    expect(context.trace.calls).toMatchObject([
      { code: "OK", tries: 1, batch: { keys: 2, kept: 0 } },
      { code: "OK", tries: 0, batch: { keys: 2, kept: 2, oldestMs } },
      {
        code: "INTERNAL",
        reason: "TEST_DOWN",
        tries: 1,
        batch: { keys: 3, kept: 2, oldestMs },
      },
    ]);
    expect(context.trace.calls[0]).not.toHaveProperty("batch.oldestMs");
  });

  test("has at most a hundred spans, and counts the others", async () => {
    const { client } = await serve();
    const context = explainedContext();
    for (let turn = 0; turn < 103; turn++) await client.say({ value: "" }, context);
    expect(context.trace.calls).toHaveLength(101);
    expect(context.trace.calls.at(-1)).toEqual({ dropped: 3 });
  });
});

describe("a call over gRPC without a callee", () => {
  test("was not sent", async () => {
    const transport = echoTransport("127.0.0.1:1");
    const context = explainedContext();
    const client = quietClient(EchoService, transport);
    await client.say({ value: "" }, context).catch(() => 0);
    transport.close();
    expect(context.trace.calls).toMatchObject([{ code: "UNAVAILABLE", tries: 0 }]);
  });
});

async function* none() {}
