import { status } from "@grpc/grpc-js";
import { RpcError } from "#contract/rpc-error.ts";
import { onEveryTransport } from "#testing/echo-transports.ts";
import { contextFor } from "#testing/test-context.ts";
import { ExtraCallBudget } from "./second-try.ts";

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));

onEveryTransport((serve) => {
  test("is made a second time when it is slow, and the first answer counts", async () => {
    const takenBack = Promise.withResolvers<void>();
    let tries = 0;
    const { client } = await serve({
      ask: async ({ value }, { signal }) => {
        tries += 1;
        if (tries > 1) return { value };
        await aborted(signal);
        takenBack.resolve();
        return { value: "late" };
      },
    });
    await expect(client.ask({ value: "x" }, contextFor())).resolves.toMatchObject({ value: "x" });
    expect(tries).toBe(2);
    await takenBack.promise; // the slow one is cancelled, and does not work on for nobody
  });

  test("is opened a second time when its first message is slow, and is read to its end", async () => {
    const takenBack = Promise.withResolvers<void>();
    let tries = 0;
    const { client } = await serve({
      async *count({ value }, { signal }) {
        tries += 1;
        if (tries === 1) {
          await aborted(signal);
          takenBack.resolve();
        }
        for (let number = 1; number <= value; number++) yield { value: number };
      },
    });
    const values = [];
    for await (const { value } of client.count({ value: 300 }, contextFor())) values.push(value);
    expect(values).toHaveLength(300);
    expect(tries).toBe(2);
    await takenBack.promise;
  });

  test("shares one retry budget with all methods of its callee", async () => {
    const seen = new Set<string>();
    let tries = 0;
    const firstHangs = async (key: string, signal: AbortSignal) => {
      tries += 1;
      if (seen.has(key)) return;
      seen.add(key);
      await aborted(signal);
    };
    const { client } = await serve({
      ask: async ({ value }, { signal }) => {
        await firstHangs(`ask ${value}`, signal);
        return { value };
      },
      async *count({ value }, { signal }) {
        await firstHangs(`count ${value}`, signal);
        yield { value };
      },
    });
    const EACH = 24;
    const context = () => contextFor(undefined, { timeoutMs: 4_000 });
    const numbers = Array.from({ length: EACH }, (_, index) => index);
    const read = async (value: number) => {
      for await (const _ of client.count({ value }, context()));
    };
    const results = await Promise.allSettled([
      ...numbers.map((value) => client.ask({ value: String(value) }, context())),
      ...numbers.map(read),
    ]);
    const extra = tries - 2 * EACH;
    expect(extra).toBeGreaterThan(EACH);
    expect(extra).toBeLessThan(2 * EACH - 8);
    expect(results.filter((one) => one.status === "fulfilled")).toHaveLength(extra);
  });

  test("is made once if its answer comes in time, even an error", async () => {
    let tries = 0;
    const { client } = await serve({
      ask: async ({ value }) => {
        if (value === "connect") return { value };
        tries += 1;
        throw new RpcError(status.NOT_FOUND, "none", { reason: "ECHO_NOT_FOUND" });
      },
    });
    await client.ask({ value: "connect" }, contextFor());
    await expect(client.ask({ value: "x" }, contextFor())).rejects.toMatchObject({
      code: status.NOT_FOUND,
    });
    expect(tries).toBe(1);
  });

  test("waits for its deadline if the method declares no hedge: the control arm", async () => {
    let tries = 0;
    const { client } = await serve({
      say: async ({ value }, { signal }) => {
        if (value === "connect") return { value };
        tries += 1;
        await aborted(signal);
        return { value: "late" };
      },
    });
    await client.say({ value: "connect" }, contextFor());
    await expect(
      client.say({ value: "x" }, contextFor(undefined, { timeoutMs: 800 })),
    ).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    expect(tries).toBe(1);
  });
});

describe("the retry budget of hedges", () => {
  test("allows one extra call for twenty in the long run", () => {
    const budget = new ExtraCallBudget();
    let extra = 0;
    const CALLS = 10_000;
    for (let call = 0; call < CALLS; call++) {
      budget.earn();
      if (budget.spend()) extra += 1;
    }
    expect(extra).toBeGreaterThan(CALLS * 0.04);
    expect(extra).toBeLessThanOrEqual(CALLS * 0.05 + 32);
  });
});
