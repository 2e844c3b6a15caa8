import { status } from "@grpc/grpc-js";
import { cancelled } from "#contract/cancellation.ts";
import { Bulkhead } from "./bulkhead.ts";

const LONG_MS = 60_000;

function call(options: { readonly leftMs?: number; readonly signal?: AbortSignal } = {}) {
  const signal = options.signal ?? new AbortController().signal;
  return { deadline: Date.now() + (options.leftMs ?? LONG_MS), signal };
}

describe("a bulkhead", () => {
  const limits = { inFlightMax: 2, queuedMax: 1, waitMsMax: LONG_MS };
  const never = () => new Promise<never>(() => {});

  test("lets so many calls through at once, one wait, and refuses the next", async () => {
    const bulkhead = new Bulkhead("callee", limits);
    const first = Promise.withResolvers<string>();
    const running = bulkhead.run(() => first.promise, call());
    void bulkhead.run(never, call());
    const waiting = bulkhead.run(async () => "waited", call());
    expect(bulkhead).toMatchObject({ inFlight: 2, queued: 1 });
    await expect(bulkhead.run(async () => "no", call())).rejects.toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      reason: "BULKHEAD_FULL",
      retryAfterMs: expect.any(Number),
    });
    first.resolve("ran");
    await expect(running).resolves.toBe("ran");
    await expect(waiting).resolves.toBe("waited");
    expect(bulkhead).toMatchObject({ inFlight: 1, queued: 0 });
  });

  test("frees the place of a call that fails", async () => {
    const bulkhead = new Bulkhead("callee", { ...limits, inFlightMax: 1 });
    await expect(bulkhead.run(() => Promise.reject(new Error("no")), call())).rejects.toThrow();
    await expect(bulkhead.run(async () => "next", call())).resolves.toBe("next");
  });

  test("never sends a call whose time ran out while it waited, or whose caller gave up", async () => {
    const bulkhead = new Bulkhead("callee", { ...limits, inFlightMax: 1, queuedMax: 2 });
    void bulkhead.run(never, call());
    let sent = 0;
    const send = async () => {
      sent += 1;
    };
    await expect(bulkhead.run(send, call({ leftMs: 10 }))).rejects.toMatchObject({
      code: status.DEADLINE_EXCEEDED,
    });
    const giveUp = new AbortController();
    const waiting = bulkhead.run(send, call({ signal: giveUp.signal }));
    giveUp.abort(cancelled());
    await expect(waiting).rejects.toMatchObject({ code: status.CANCELLED });
    expect(bulkhead).toMatchObject({ inFlight: 1, queued: 0 });
    expect(sent).toBe(0);
  });

  test("refuses a call that waited as long as it may", async () => {
    const bulkhead = new Bulkhead("callee", { inFlightMax: 1, queuedMax: 1, waitMsMax: 10 });
    void bulkhead.run(never, call());
    await expect(bulkhead.run(never, call())).rejects.toMatchObject({ reason: "BULKHEAD_FULL" });
    expect(bulkhead.queued).toBe(0);
  });
});
