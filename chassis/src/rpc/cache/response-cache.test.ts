import { status } from "@grpc/grpc-js";
import { RpcError } from "#contract/rpc-error.ts";
import type { CallContext } from "#rpc/call-context.ts";
import type { Client } from "#rpc/client/client.ts";
import type { EchoService } from "#testing/echo-service.ts";
import { type EchoHandlers, onEveryTransport } from "#testing/echo-transports.ts";
import { contextFor } from "#testing/test-context.ts";
import type { Stale } from "./response-cache.ts";

const GOOD = { kind: "user", userId: "u", sessionId: "s", operator: false, token: "good" } as const;

/** Changes these words. */
async function change({ tell }: Client<typeof EchoService>, ids: readonly string[]) {
  for (const value of ids) await tell({ value }, contextFor());
}

onEveryTransport((serve) => {
  let asked: string[][];
  let contexts: CallContext[];
  let down: boolean;
  const batchGetWords: EchoHandlers["batchGetWords"] = async ({ ids }, context) => {
    asked.push([...ids]);
    contexts.push(context);
    if (down) throw new RpcError(status.UNAVAILABLE, "down", { reason: "TEST_DOWN" });
    return { words: ids.filter((id) => id !== "none").map((id) => ({ id, text: `word ${id}` })) };
  };
  beforeEach(() => {
    asked = [];
    contexts = [];
    down = false;
  });

  test("is made for the keys without a fresh answer only", async () => {
    const { client } = await serve({ batchGetWords });
    await client.batchGetWords({ ids: ["a", "none"] }, contextFor());
    const both = await client.batchGetWords({ ids: ["a", "b", "none"] }, contextFor());
    expect(asked).toEqual([["a", "none"], ["b"]]);
    expect(both.words.map(({ text }) => text)).toEqual(["word a", "word b"]);
    await client.batchGetWords({ ids: ["a", "b"] }, contextFor());
    expect(asked).toHaveLength(2);
  });

  test("is made again for the key that another call has changed", async () => {
    const { client } = await serve({ batchGetWords });
    await client.batchGetWords({ ids: ["a", "b"] }, contextFor());
    await client.tell({ value: "a" }, contextFor());
    await client.batchGetWords({ ids: ["a", "b"] }, contextFor());
    expect(asked).toEqual([["a", "b"], ["a"]]);
  });

  test("is made again for all keys, if the call that changed one has no response", async () => {
    const { client } = await serve({
      batchGetWords,
      tell: async () => {
        throw new RpcError(status.INTERNAL, "lost on its way", { reason: "TEST_DOWN" });
      },
    });
    await client.batchGetWords({ ids: ["a", "b"] }, contextFor());
    await client.tell({ value: "a" }, contextFor()).catch(() => undefined);
    await client.batchGetWords({ ids: ["a", "b"] }, contextFor());
    expect(asked).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
  });

  test("is not made again if the call that would change a key was refused", async () => {
    const { client } = await serve({
      batchGetWords,
      tell: async () => {
        throw new RpcError(status.NOT_FOUND, "none", { reason: "ECHO_NOT_FOUND" });
      },
    });
    await client.batchGetWords({ ids: ["a"] }, contextFor());
    await client.tell({ value: "a" }, contextFor()).catch(() => undefined);
    await client.batchGetWords({ ids: ["a"] }, contextFor());
    expect(asked).toHaveLength(1);
  });

  test("does not cache an answer as fresh that was requested before it was invalidated", async () => {
    const answer = Promise.withResolvers<void>();
    const { client } = await serve({
      batchGetWords: async (request, context) => {
        const words = await batchGetWords(request, context);
        await answer.promise;
        return words;
      },
    });
    const early = client.batchGetWords({ ids: ["a"] }, contextFor());
    while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await client.tell({ value: "a" }, contextFor());
    answer.resolve();
    await early;
    await client.batchGetWords({ ids: ["a"] }, contextFor());
    expect(asked).toHaveLength(2);
  });

  test("goes without the user's token, so that its answer cannot depend on the user", async () => {
    const { client } = await serve({ batchGetWords });
    await client.batchGetWords({ ids: ["a"] }, contextFor(GOOD));
    expect(contexts[0]?.caller).toEqual({ kind: "anonymous" });
  });

  test("returns stale answers if it fails, with their age and the missing keys", async () => {
    const { client } = await serve({ batchGetWords });
    const before = Date.now();
    await client.batchGetWords({ ids: ["a", "none"] }, contextFor());
    const after = Date.now();
    down = true;
    await change(client, ["a", "none"]);
    const told: Stale[] = [];
    const onStale = (stale: Stale) => told.push(stale);
    const old = await client.batchGetWords({ ids: ["a", "b", "none"] }, contextFor(), { onStale });
    expect(old.words.map(({ text }) => text)).toEqual(["word a"]);
    expect(told).toEqual([{ asOf: expect.any(Date), missing: ["b"] }]);
    expect(told[0]?.asOf?.getTime()).toBeGreaterThanOrEqual(before);
    expect(told[0]?.asOf?.getTime()).toBeLessThanOrEqual(after);
  });

  test("fails if the caller does not accept stale answers", async () => {
    const { client } = await serve({ batchGetWords });
    await client.batchGetWords({ ids: ["a"] }, contextFor());
    down = true;
    await change(client, ["a"]);
    await expect(client.batchGetWords({ ids: ["a"] }, contextFor())).rejects.toMatchObject({
      code: status.UNAVAILABLE,
    });
  });

  test("fails if no key has a stale answer", async () => {
    const { client } = await serve({ batchGetWords });
    down = true;
    const onStale = () => undefined;
    await expect(
      client.batchGetWords({ ids: ["a"] }, contextFor(), { onStale }),
    ).rejects.toMatchObject({ code: status.UNAVAILABLE });
  });

  test("fails if the request itself was wrong, even with stale answers", async () => {
    const { client } = await serve({
      batchGetWords: async (request, context) => {
        if (request.ids.includes("wrong")) throw new RpcError(status.INVALID_ARGUMENT, "wrong");
        return await batchGetWords(request, context);
      },
    });
    await client.batchGetWords({ ids: ["a"] }, contextFor());
    const ids = ["a", "wrong"];
    const onStale = () => undefined;
    await expect(client.batchGetWords({ ids }, contextFor(), { onStale })).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
  });
});
