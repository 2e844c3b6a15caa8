import { status } from "@grpc/grpc-js";
import { Failure } from "#contract/failure.ts";
import { ANONYMOUS } from "#identity/caller.ts";
import type { CallContext } from "#rpc/call-context.ts";
import { ECHO_TIMEOUT_MS } from "#testing/echo-file.ts";
import { onEveryTransport } from "#testing/echo-transports.ts";
import { eventually } from "#testing/eventually.ts";
import { contextFor } from "#testing/test-context.ts";

onEveryTransport((serve) => {
  test("answers", async () => {
    const { client } = await serve();
    await expect(client.say({ value: "hello" }, contextFor())).resolves.toMatchObject({
      value: "hello",
    });
  });

  test("carries the request id, the user's token and the remaining time", async () => {
    let seen: CallContext | undefined;
    const { client } = await serve({
      say: async (message, context) => {
        seen = context;
        return message;
      },
    });
    const caller = {
      kind: "user",
      userId: "u",
      sessionId: "s",
      operator: false,
      token: "good",
    } as const;
    const startTime = Date.now();
    const context = contextFor(caller, { timeoutMs: 300, requestId: "r-1" });
    await client.say({ value: "" }, context);
    expect(seen).toMatchObject({ requestId: "r-1", caller });
    expect(seen?.deadline).toBeLessThan(startTime + ECHO_TIMEOUT_MS);
  });

  test("has at most the timeout of the method's policy, however long the caller's deadline", async () => {
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

  const hang = () => new Promise<never>(() => {});

  test("opens the breaker of a callee that hangs, even if a little of the timeout had passed before", async () => {
    const { client } = await serve({ say: hang }, hang);
    const late = () =>
      client.say({ value: "" }, contextFor(ANONYMOUS, { timeoutMs: ECHO_TIMEOUT_MS * 0.9 }));
    await Promise.allSettled([1, 2, 3, 4, 5].map(late));
    await eventually(async () => {
      const failure = await late().catch((thrown) => thrown);
      return failure.reason === "BREAKER_OPEN";
    });
  });

  test("leaves the breaker closed if one method hangs, and the callee can work", async () => {
    const { client } = await serve({ say: hang });
    const late = () => client.say({ value: "" }, contextFor(ANONYMOUS));
    await Promise.allSettled([1, 2, 3, 4, 5, 6, 7, 8].map(late));
    await expect(late()).rejects.not.toMatchObject({ reason: "BREAKER_OPEN" });
  });

  test("fails with UNAUTHENTICATED if the token is bad", async () => {
    const { client } = await serve();
    const caller = {
      kind: "user",
      userId: "u",
      sessionId: "s",
      operator: false,
      token: "bad",
    } as const;
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

  test("hides the details of a defect", async () => {
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

  test("fails at the deadline, and aborts the signal of the handler", async () => {
    const told = Promise.withResolvers<void>();
    const { client } = await serve({
      say: (_, { signal }) => {
        signal.addEventListener("abort", () => told.resolve());
        return new Promise(() => {});
      },
    });
    // Connects first, which may take longer than the call has time.
    await client.tell({ value: "" }, contextFor());
    await expect(
      client.say({ value: "" }, contextFor(ANONYMOUS, { timeoutMs: 100 })),
    ).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    await told.promise;
  });

  test("is cancelled at the callee when the caller gives up", async () => {
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

  test("copies the messages between caller and callee", async () => {
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

  test("has a health check", async () => {
    const { transport } = await serve();
    await expect(transport.health(1000)).resolves.toBe("serving");
  });
});
