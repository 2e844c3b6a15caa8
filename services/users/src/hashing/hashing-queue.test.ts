import { HashingQueue } from "./hashing-queue.ts";

const { jest } = import.meta;

const CALL_MS = 10_000;
const RESERVE_MS = 500;

function callOf(deadlineMs = CALL_MS, signal = new AbortController().signal) {
  return { deadline: Date.now() + deadlineMs, signal };
}

function queueOf({ queueMax = 256 } = {}): HashingQueue {
  return new HashingQueue({ permits: 2, queueMax, reserveMs: RESERVE_MS });
}

/** Work that runs until the test ends it. */
function heldWork() {
  const { promise, resolve } = Promise.withResolvers<void>();
  let started = 0;
  return {
    end: resolve,
    started: () => started,
    run: () => {
      started += 1;
      return promise;
    },
  };
}

describe("a hashing queue", () => {
  test("runs two at once, and the others first come, first served", async () => {
    const queue = queueOf();
    const order: number[] = [];
    let running = 0;
    let runningMax = 0;
    const work = (index: number) => async () => {
      order.push(index);
      runningMax = Math.max(runningMax, ++running);
      await Promise.resolve();
      running--;
    };
    await Promise.all(Array.from({ length: 20 }, (_, index) => queue.run(callOf(), work(index))));
    expect(runningMax).toBe(2);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  test("runs 2, queues 256, and refuses the next with HASHING_OVERLOADED and a retry-after", async () => {
    const queue = queueOf();
    const held = heldWork();
    const taken = Array.from({ length: 258 }, () => queue.run(callOf(), held.run));
    expect(queue.queued).toBe(256);
    await expect(queue.run(callOf(), held.run)).rejects.toMatchObject({
      reason: "HASHING_OVERLOADED",
      retryAfterMs: expect.any(Number),
    });
    held.end();
    await Promise.all(taken);
    expect(held.started()).toBe(258);
    expect(queue.queued).toBe(0);
  });

  test("runs the next work after work that failed", async () => {
    const queue = queueOf();
    const failing = () => Promise.reject(new Error("out of memory"));
    const failed = Array.from({ length: 5 }, () => queue.run(callOf(), failing));
    for (const one of failed) await expect(one).rejects.toThrow("out of memory");
    expect(await queue.run(callOf(), async () => "done")).toBe("done");
  });

  test("does not begin cancelled work, and frees its place in the queue at once", async () => {
    const queue = queueOf({ queueMax: 1 });
    const held = heldWork();
    const running = [queue.run(callOf(), held.run), queue.run(callOf(), held.run)];
    const controller = new AbortController();
    const never = heldWork();
    const cancelled = queue.run(callOf(CALL_MS, controller.signal), never.run);
    controller.abort(new Error("hung up"));
    await expect(cancelled).rejects.toThrow("hung up");
    const next = queue.run(callOf(), async () => "next");
    held.end();
    expect(await next).toBe("next");
    await Promise.all(running);
    expect(never.started()).toBe(0);
  });

  test("refuses a call that was cancelled before it reached the queue", async () => {
    const work = heldWork();
    const signal = AbortSignal.abort(new Error("hung up"));
    await expect(queueOf().run(callOf(CALL_MS, signal), work.run)).rejects.toThrow("hung up");
    expect(work.started()).toBe(0);
  });
});

describe("a hashing queue with a fake clock", () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test("drops a call with HASHING_OVERLOADED when only the reserve of its time is left", async () => {
    const queue = queueOf();
    const held = heldWork();
    const running = [queue.run(callOf(), held.run), queue.run(callOf(), held.run)];
    const waiting = queue.run(callOf(1_000), held.run);
    const dropped = expect(waiting).rejects.toMatchObject({ reason: "HASHING_OVERLOADED" });
    await jest.advanceTimersByTimeAsync(1_000 - RESERVE_MS - 1);
    expect(queue.queued).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    await dropped;
    expect(queue.queued).toBe(0);
    held.end();
    await Promise.all(running);
    expect(held.started()).toBe(2);
  });

  test("refuses a call at once that has no more time than the reserve", async () => {
    const queue = queueOf();
    const held = heldWork();
    const running = [queue.run(callOf(), held.run), queue.run(callOf(), held.run)];
    const call = queue.run(callOf(RESERVE_MS), held.run);
    await expect(call).rejects.toMatchObject({ reason: "HASHING_OVERLOADED" });
    held.end();
    await Promise.all(running);
  });
});
