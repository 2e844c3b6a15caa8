import { create } from "@bufbuild/protobuf";
import { StringValueSchema } from "@bufbuild/protobuf/wkt";
import { status } from "@grpc/grpc-js";
import { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import { RpcError } from "#contract/rpc-error.ts";
import type { FoundByKey } from "#rpc/cache/batch-shape.ts";
import type { CallContext } from "#rpc/call-context.ts";
import { eventually } from "#testing/eventually.ts";
import { contextFor } from "#testing/test-context.ts";
import { JoinedReads } from "./joined-reads.ts";

const USER = { kind: "user", userId: "u", sessionId: "s", operator: false, token: "t" } as const;

/** A call of the batch, which the test answers. */
interface AskedBatch {
  readonly keys: readonly string[];
  readonly context: CallContext;
  answer(): void;
  fail(error: Error): void;
}

const wordFor = (key: string) => create(StringValueSchema, { value: `word ${key}` });
const textOf = async (found: Promise<FoundByKey>, key: string) =>
  (found.then((words) => words.get(key)) as Promise<unknown>).then(
    (word) => (word as { value: string } | undefined)?.value,
  );

describe("joined reads", () => {
  let asked: AskedBatch[];
  let reads: JoinedReads;
  let refusal: RpcError | undefined;
  beforeEach(() => {
    asked = [];
    refusal = undefined;
    reads = new JoinedReads({
      keysMax: 3,
      timeoutMs: 60_000,
      send(keys, context) {
        const { promise, resolve, reject } = Promise.withResolvers<FoundByKey>();
        const answer = () => resolve(new Map(keys.map((key) => [key, wordFor(key)])));
        context.signal.addEventListener("abort", () => reject(context.signal.reason));
        asked.push({ keys, context, answer, fail: reject });
        return promise;
      },
      refusal: () => refusal,
      full: () => new RpcError(status.RESOURCE_EXHAUSTED, "full"),
      countKeys: () => {},
    });
  });
  const untilAsked = (count: number) => eventually(async () => asked.length >= count);
  const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

  test("of one turn travel in one call, each key once, and each reader gets its own", async () => {
    const found = ["a", "b", "a"].map((key) => textOf(reads.read([key], contextFor()), key));
    await untilAsked(1);
    expect(asked.map(({ keys }) => keys)).toEqual([["a", "b"]]);
    asked[0]?.answer();
    expect(await Promise.all(found)).toEqual(["word a", "word b", "word a"]);
  });

  test("fill the next call while two are in flight, whatever their number", async () => {
    const all = [];
    for (const key of ["a", "b", "c", "d", "e"]) {
      all.push(reads.read([key], contextFor()));
      await turn();
    }
    expect(asked.map(({ keys }) => keys)).toEqual([["a"], ["b"]]);
    asked[0]?.answer();
    await untilAsked(3);
    expect(asked[2]?.keys).toEqual(["c", "d", "e"]);
    for (const batch of asked) batch.answer();
    await Promise.all(all);
  });

  test("beyond what a call takes go into the one after it", async () => {
    const all = ["a", "b", "c", "d"].map((key) => reads.read([key], contextFor()));
    await untilAsked(2);
    expect(asked.map(({ keys }) => keys)).toEqual([["a", "b", "c"], ["d"]]);
    for (const batch of asked) batch.answer();
    await Promise.all(all);
  });

  test("do not join a call that was sent: it may miss what the reader has written", async () => {
    const early = reads.read(["a"], contextFor());
    await untilAsked(1);
    const late = reads.read(["a"], contextFor());
    await untilAsked(2);
    for (const batch of asked) batch.answer();
    await Promise.all([early, late]);
  });

  test("keep their own deadlines", async () => {
    const patient = textOf(reads.read(["a"], contextFor()), "a");
    const hasty = reads.read(["b"], contextFor(undefined, { timeoutMs: 20 }));
    await expect(hasty).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    asked[0]?.answer();
    expect(await patient).toBe("word a");
  });

  test("are given up one by one, and the call with the last of them", async () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const all = [first, second].map(({ signal }) =>
      reads.read(["a"], contextFor(undefined, { signal })),
    );
    await untilAsked(1);
    first.abort();
    await expect(all[0]).rejects.toMatchObject({ code: status.CANCELLED });
    expect(asked[0]?.context.signal.aborted).toBe(false);
    second.abort();
    await expect(all[1]).rejects.toMatchObject({ code: status.CANCELLED });
    expect(asked[0]?.context.signal.aborted).toBe(true);
  });

  test("that all leave before their call is sent cost none", async () => {
    const controller = new AbortController();
    const left = reads.read(["a"], contextFor(undefined, { signal: controller.signal }));
    controller.abort();
    await expect(left).rejects.toMatchObject({ code: status.CANCELLED });
    await turn();
    expect(asked).toEqual([]);
  });

  test("fail with the call that they are in, and with no other", async () => {
    const lost = ["a", "b", "c"].map((key) => reads.read([key], contextFor()));
    const other = textOf(reads.read(["d"], contextFor()), "d");
    await untilAsked(2);
    const error = new RpcError(status.UNAVAILABLE, "gone");
    asked[0]?.fail(error);
    for (const one of lost) await expect(one).rejects.toBe(error);
    asked[1]?.answer();
    expect(await other).toBe("word d");
  });

  test("travel without a token, as critical as the most critical of them", async () => {
    const critical = { ...contextFor(USER), criticality: Criticality.CRITICAL };
    const all = [reads.read(["a"], contextFor(USER)), reads.read(["b"], critical)];
    await untilAsked(1);
    expect(asked[0]?.context).toMatchObject({
      caller: { kind: "anonymous" },
      criticality: Criticality.CRITICAL,
    });
    asked[0]?.answer();
    await Promise.all(all);
  });

  test("are refused at once while the breaker is open, those that wait too", async () => {
    const sent = [];
    for (const key of ["a", "b"]) {
      sent.push(reads.read([key], contextFor()));
      await turn();
    }
    const waiting = reads.read(["c"], contextFor());
    refusal = new RpcError(status.UNAVAILABLE, "open", { reason: "BREAKER_OPEN" });
    reads.evict();
    await expect(waiting).rejects.toBe(refusal);
    await expect(reads.read(["d"], contextFor())).rejects.toBe(refusal);
    refusal = undefined;
    for (const batch of asked) batch.answer();
    await Promise.all(sent);
    expect(asked.map(({ keys }) => keys)).toEqual([["a"], ["b"]]);
  });

  test("are refused when too many wait", async () => {
    const all = Array.from({ length: 512 }, (_, n) => reads.read([`${n}`], contextFor()));
    await expect(reads.read(["x"], contextFor())).rejects.toThrow("full");
    await untilAsked(2);
    for (let n = 0; n < asked.length; n++) {
      asked[n]?.answer();
      await turn();
    }
    await Promise.all(all);
    const again = reads.read(["x"], contextFor());
    await turn();
    asked.at(-1)?.answer();
    expect(await textOf(again, "x")).toBe("word x");
  });
});
