import { setImmediate as turn } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { cancelled } from "#contract/cancellation.ts";
import { RpcError } from "#contract/rpc-error.ts";
import { ECHO_HEDGE_AFTER_MS } from "#testing/echo-file.ts";
import { eventually } from "#testing/eventually.ts";
import { tryAt as at, scriptedClient as scripted } from "#testing/scripted-client.ts";

/** How many calls of a unary method are under way at most, and how many more wait. */
const IN_FLIGHT_MAX = 256;
const QUEUED_MAX = 256;

const LOST = new RpcError(status.UNAVAILABLE, "lost");
const REFUSED_UNREAD = new RpcError(status.UNAVAILABLE, "Stream refused by server");

describe("the bulkhead of a method", () => {
  test("bounds the calls in flight and the calls that wait, and refuses the next", async () => {
    const { transport, tellMany, refused } = scripted();
    const calls = tellMany(IN_FLIGHT_MAX + QUEUED_MAX);
    const [last] = tellMany(1);
    expect(await last).toBe("BULKHEAD_FULL");
    expect(transport.tries).toHaveLength(IN_FLIGHT_MAX);
    for (let index = 0; index < IN_FLIGHT_MAX + QUEUED_MAX; index++) {
      at(transport.tries, index).answer();
    }
    expect(new Set(await Promise.all(calls))).toEqual(new Set(["OK"]));
    expect(await refused()).toEqual([["BULKHEAD_FULL", 1]]);
  });

  test("gives the permit of a call that fails to the next call", async () => {
    const { transport, tell, tellMany } = scripted();
    tellMany(IN_FLIGHT_MAX);
    const waiting = tell();
    at(transport.tries, 0).fail(new RpcError(status.NOT_FOUND, "none"));
    expect(transport.tries).toHaveLength(IN_FLIGHT_MAX + 1);
    at(transport.tries, -1).answer();
    await waiting;
  });

  test("never sends a call whose deadline passed while it waited, or whose caller gave up", async () => {
    const { transport, tell, tellMany, refused } = scripted();
    tellMany(IN_FLIGHT_MAX);
    await expect(tell({ timeoutMs: 10 })).rejects.toMatchObject({
      code: status.DEADLINE_EXCEEDED,
    });
    const giveUp = new AbortController();
    const waiting = tell({ signal: giveUp.signal });
    giveUp.abort(cancelled());
    await expect(waiting).rejects.toMatchObject({ code: status.CANCELLED });
    at(transport.tries, 0).answer();
    expect(transport.tries).toHaveLength(IN_FLIGHT_MAX);
    expect(await refused()).toEqual([
      ["DEADLINE_EXCEEDED", 1],
      ["CANCELLED", 1],
    ]);
  });

  test("refuses a call that waited too long", async () => {
    const { tell, tellMany } = scripted();
    tellMany(IN_FLIGHT_MAX);
    await expect(tell()).rejects.toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      reason: "BULKHEAD_FULL",
      retryAfterMs: expect.any(Number),
    });
  });
});

describe("an open breaker", () => {
  /** 253 calls hang, 20 wait, and three fail: they open the breaker once health says no. */
  async function openWhileFull() {
    const own = scripted();
    const { transport, tellMany } = own;
    const health = Promise.withResolvers<"not-serving">();
    transport.health = () => health.promise;
    const hanging = tellMany(IN_FLIGHT_MAX);
    const waiting = tellMany(20);
    for (const index of [0, 1, 2]) at(transport.tries, index).fail(LOST);
    await Promise.all(hanging.slice(0, 3));
    expect(transport.tries).toHaveLength(IN_FLIGHT_MAX + 3);
    return { ...own, waiting, open: () => health.resolve("not-serving") };
  }

  test("refuses a call at once, even if the bulkhead is full", async () => {
    const { transport, tellMany, open } = await openWhileFull();
    open();
    await turn();
    const told: string[] = [];
    for (const call of tellMany(1)) void call.then((reason) => told.push(reason));
    // No timer has run by then: the call did not wait for a place.
    await Promise.resolve().then(() => undefined);
    await new Promise((resolve) => process.nextTick(resolve));
    expect(told).toEqual(["BREAKER_OPEN"]);
    expect(transport.tries).toHaveLength(IN_FLIGHT_MAX + 3);
  });

  test("empties the queue when it opens, without sending its calls", async () => {
    const { transport, waiting, refused, open } = await openWhileFull();
    open();
    const ends = await Promise.all(waiting.slice(3));
    expect(new Set(ends)).toEqual(new Set(["BREAKER_OPEN"]));
    expect(await refused()).toEqual([["BREAKER_OPEN", 17]]);
    at(transport.tries, 5).answer();
    expect(transport.tries).toHaveLength(IN_FLIGHT_MAX + 3);
  });

  test("counts a refused call, and does not observe a duration", async () => {
    const { tell, transport, open, observed, refused } = await openWhileFull();
    open();
    await turn();
    const before = await observed();
    await expect(tell()).rejects.toMatchObject({ reason: "BREAKER_OPEN" });
    expect(await observed()).toEqual(before);
    expect(await refused()).toEqual([["BREAKER_OPEN", 18]]);
    at(transport.tries, 4).answer();
    expect(await observed()).toContainEqual(["OK", 1]);
  });
});

describe("a call", () => {
  test("is sent again if servers refuse it unread, even if it may not be made twice", async () => {
    const { transport, tell } = scripted();
    const call = tell();
    for (let sends = 1; sends < 8; sends++) at(transport.tries, -1).fail(REFUSED_UNREAD);
    expect(transport.tries).toHaveLength(8);
    at(transport.tries, -1).fail(REFUSED_UNREAD);
    await expect(call).rejects.toMatchObject({ code: status.UNAVAILABLE });
    expect(transport.tries).toHaveLength(8);
  });

  test("is cancelled at the callee when its caller gives up, and fails with CANCELLED", async () => {
    const { transport, tell } = scripted();
    const giveUp = new AbortController();
    const call = tell({ signal: giveUp.signal });
    giveUp.abort();
    await expect(call).rejects.toMatchObject({ reason: "CANCELLED" });
    expect(at(transport.tries, 0).isCancelled).toBe(true);
  });

  test("is not sent if its caller gave up before", async () => {
    const { transport, tell, refused } = scripted();
    await expect(tell({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      reason: "CANCELLED",
    });
    expect(transport.tries).toEqual([]);
    expect(await refused()).toEqual([["CANCELLED", 1]]);
  });

  test("leaves no listener on its caller's signal", async () => {
    const { transport, ask } = scripted();
    const { signal } = new AbortController();
    const listeners = new Set<unknown>();
    signal.addEventListener = (_: string, listener: unknown) => void listeners.add(listener);
    signal.removeEventListener = (_: string, listener: unknown) => void listeners.delete(listener);
    const call = ask({ signal });
    expect(listeners.size).toBe(1);
    at(transport.tries, 0).answer();
    await call;
    expect(listeners.size).toBe(0);
  });
});

describe("a hedged call", () => {
  test("is sent once more when its connection is lost, without waiting", async () => {
    const { transport, ask } = scripted();
    const call = ask();
    at(transport.tries, 0).fail(LOST);
    expect(transport.tries).toHaveLength(2);
    at(transport.tries, 1).answer({ value: "second" });
    await expect(call).resolves.toMatchObject({ value: "second" });
  });

  test("fails with a lost connection only if both tries are lost", async () => {
    const { transport, ask } = scripted();
    const call = ask();
    at(transport.tries, 0).fail(LOST);
    at(transport.tries, 1).fail(new RpcError(status.UNAVAILABLE, "lost too"));
    await expect(call).rejects.toMatchObject({ message: "lost too" });
    expect(transport.tries).toHaveLength(2);
  });

  test("takes the first answer, and cancels the other try", async () => {
    const { transport, ask } = scripted();
    const call = ask();
    await eventually(async () => transport.tries.length === 2);
    at(transport.tries, 0).answer({ value: "first" });
    await expect(call).resolves.toMatchObject({ value: "first" });
    expect(at(transport.tries, 1).isCancelled).toBe(true);
    at(transport.tries, 1).fail(cancelled());
  });

  test("counts an error of the callee's rules as an answer, and cancels the other try", async () => {
    const { transport, ask } = scripted();
    const call = ask();
    await eventually(async () => transport.tries.length === 2);
    at(transport.tries, 1).fail(new RpcError(status.NOT_FOUND, "none"));
    await expect(call).rejects.toMatchObject({ code: status.NOT_FOUND });
    expect(at(transport.tries, 0).isCancelled).toBe(true);
  });

  test("is not sent once more while all replicas are unresponsive", async () => {
    const { transport, ask } = scripted();
    transport.allHang = true;
    const call = ask();
    await new Promise((resolve) => setTimeout(resolve, ECHO_HEDGE_AFTER_MS + 100));
    expect(transport.tries).toHaveLength(1);
    at(transport.tries, 0).answer();
    await call;
  });
});
