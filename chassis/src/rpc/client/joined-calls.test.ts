import { status } from "@grpc/grpc-js";
import { Failure } from "#contract/failure.ts";
import { RpcError } from "#contract/rpc-error.ts";
import type { CallContext } from "#rpc/call-context.ts";
import { Trace } from "#rpc/trace/trace.ts";
import { type EchoHandlers, onEveryTransport } from "#testing/echo-transports.ts";
import { contextFor } from "#testing/test-context.ts";

const USER = { kind: "user", userId: "u", sessionId: "s", operator: false, token: "good" } as const;
const MISSING = "missing";

onEveryTransport((serve) => {
  let batches: string[][];
  let singles: { readonly id: string; readonly caller: CallContext["caller"] }[];
  let refusal: RpcError | undefined;
  const handlers: Partial<EchoHandlers> = {
    async batchGetWords({ ids }) {
      batches.push([...ids]);
      if (refusal !== undefined) throw refusal;
      const found = ids.filter((id) => id !== MISSING);
      return { words: found.map((id) => ({ id, text: `joined ${id}` })) };
    },
    async getWord({ id }, { caller }) {
      singles.push({ id, caller });
      if (id === MISSING) throw new Failure("ECHO_NOT_FOUND", "There is no such word.");
      return { id, text: `single ${id}` };
    },
  };
  beforeEach(() => {
    batches = [];
    singles = [];
    refusal = undefined;
  });

  test("of a read of one key travels with others", async () => {
    const { client } = await serve(handlers);
    const words = await Promise.all(
      ["a", "b", "a"].map((id) => client.getWord({ id }, contextFor())),
    );
    expect(words.map(({ text }) => text)).toEqual(["joined a", "joined b", "joined a"]);
    expect({ batches, singles }).toEqual({ batches: [["a", "b"]], singles: [] });
  });

  test("for a key that the batch leaves out is made alone, and fails alone", async () => {
    const { client } = await serve(handlers);
    const [good, bad] = await Promise.allSettled(
      ["a", MISSING].map((id) => client.getWord({ id }, contextFor())),
    );
    expect(good).toMatchObject({ value: { text: "joined a" } });
    expect(bad).toMatchObject({
      reason: { code: status.NOT_FOUND, reason: "ECHO_NOT_FOUND" },
    });
    expect(batches).toEqual([["a", MISSING]]);
  });

  test("of a user is made alone, with the user's token", async () => {
    const { client } = await serve(handlers);
    await client.getWord({ id: "a" }, contextFor(USER));
    expect(singles).toMatchObject([{ id: "a", caller: { kind: "user", userId: "u" } }]);
    expect(batches).toEqual([]);
  });

  test("that is traced is made alone", async () => {
    const { client } = await serve(handlers);
    await client.getWord({ id: "a" }, { ...contextFor(), trace: new Trace() });
    expect(singles).toHaveLength(1);
  });

  test("is made alone if the callee refuses the batch, or does not know it", async () => {
    const { client } = await serve(handlers);
    for (const code of [status.INVALID_ARGUMENT, status.UNIMPLEMENTED]) {
      refusal = new RpcError(code, "no", { reason: "TEST" });
      expect(await client.getWord({ id: "a" }, contextFor())).toMatchObject({ text: "single a" });
    }
  });

  test("is made alone if the batch is lost with its replica", async () => {
    const { client } = await serve(handlers);
    refusal = new RpcError(status.UNAVAILABLE, "lost");
    const words = await Promise.all(["a", "b"].map((id) => client.getWord({ id }, contextFor())));
    expect(words.map(({ text }) => text)).toEqual(["single a", "single b"]);
  });

  test("fails with its batch if the callee cannot answer", async () => {
    const { client } = await serve(handlers);
    refusal = new RpcError(status.UNAVAILABLE, "down", { reason: "TEST_DOWN" });
    await expect(client.getWord({ id: "a" }, contextFor())).rejects.toMatchObject({
      code: status.UNAVAILABLE,
    });
    expect(singles).toEqual([]);
  });
});

onEveryTransport((serve) => {
  let batches: string[][];
  let singles: { readonly start: string; readonly caller: CallContext["caller"] }[];
  const handlers: Partial<EchoHandlers> = {
    async batchListWords({ requests }) {
      batches.push(requests.map(({ start, pageToken }) => `${start}${pageToken}`));
      return {
        results: requests.map(({ start }) =>
          start === MISSING ? {} : { page: { words: [{ id: start, text: "joined" }] } },
        ),
      };
    },
    async listWords({ start }, { caller }) {
      singles.push({ start, caller });
      if (start === MISSING) throw new Failure("ECHO_NOT_FOUND", "There is no such list.");
      return { words: [{ id: start, text: "single" }] };
    },
  };
  beforeEach(() => {
    batches = [];
    singles = [];
  });

  test("of a list travels with others, as its whole request, and an equal one is asked once", async () => {
    const { client } = await serve(handlers);
    const requests = [{ start: "a" }, { start: "a", pageToken: "é2" }, { start: "a" }, {}];
    const lists = await Promise.all(requests.map((one) => client.listWords(one, contextFor())));
    expect(lists.map(({ words }) => words[0]?.id)).toEqual(["a", "a", "a", ""]);
    expect({ batches, singles }).toEqual({ batches: [["a", "aé2"], [""]], singles: [] });
  });

  test("of a list that the batch leaves out is made alone, and fails alone", async () => {
    const { client } = await serve(handlers);
    const [good, bad] = await Promise.allSettled(
      ["a", MISSING].map((start) => client.listWords({ start }, contextFor(USER))),
    );
    expect(good).toMatchObject({ value: { words: [{ id: "a", text: "joined" }] } });
    expect(bad).toMatchObject({ reason: { code: status.NOT_FOUND, reason: "ECHO_NOT_FOUND" } });
    expect(singles).toMatchObject([{ start: MISSING, caller: { kind: "user", userId: "u" } }]);
  });
});
