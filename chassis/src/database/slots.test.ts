import { PoolBusy, QueryCanceled } from "./database-error.ts";
import { Slots } from "./slots.ts";

const LONG_MS = 60_000;

describe("slots", () => {
  test("are handed out in the order of asking", async () => {
    const slots = new Slots(1);
    const order: string[] = [];
    const take = async (name: string) => {
      await slots.take({ timeoutMs: LONG_MS, signal: undefined });
      order.push(name);
    };
    await take("first");
    const others = [take("second"), take("third")];
    expect(slots.waiting).toBe(2);
    slots.give();
    slots.give();
    await Promise.all(others);
    expect(order).toEqual(["first", "second", "third"]);
  });

  test("go first to what matters most", async () => {
    const slots = new Slots(1);
    const order: string[] = [];
    const take = async (name: string, priority?: number) => {
      await slots.take({ timeoutMs: LONG_MS, signal: undefined, priority });
      order.push(name);
    };
    await take("holder");
    const others = [take("list", 1), take("read", 2), take("write", 3), take("another write", 3)];
    for (const _ of others) slots.give();
    await Promise.all(others);
    expect(order).toEqual(["holder", "write", "another write", "read", "list"]);
  });

  test("pass over who gave up, so that none is lost", async () => {
    const slots = new Slots(1);
    await slots.take({ timeoutMs: LONG_MS, signal: undefined });
    const leaving = new AbortController();
    const left = slots.take({ timeoutMs: LONG_MS, signal: leaving.signal });
    const late = slots.take({ timeoutMs: 1, signal: undefined });
    const patient = slots.take({ timeoutMs: LONG_MS, signal: undefined });
    leaving.abort();
    await expect(left).rejects.toThrow(QueryCanceled);
    await expect(late).rejects.toThrow(PoolBusy);
    expect(slots.waiting).toBe(1);
    slots.give();
    await patient;
    slots.give();
    await slots.take({ timeoutMs: 1, signal: undefined });
  });

  test("are not taken by who gave up before asking", async () => {
    const slots = new Slots(1);
    const asked = slots.take({ timeoutMs: LONG_MS, signal: AbortSignal.abort() });
    await expect(asked).rejects.toThrow(QueryCanceled);
    await slots.take({ timeoutMs: 1, signal: undefined });
  });
});
