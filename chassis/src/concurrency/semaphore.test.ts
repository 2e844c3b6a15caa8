import { setImmediate } from "node:timers/promises";
import { Semaphore, type Waiter } from "./semaphore.ts";

const LONG_MS = 60_000;

/** A waiter that notes its name in `order` when it is permitted. */
function waiterIn(order: string[], name: string, priority?: number): Waiter {
  return { priority, onPermit: () => void order.push(name) };
}

/** A semaphore whose permits are all held. */
function exhausted(permits = 1, queueMax = 10): Semaphore {
  const semaphore = new Semaphore({ permits, queueMax });
  while (semaphore.tryAcquire());
  return semaphore;
}

describe("a semaphore", () => {
  test("has as many permits as it is made with", () => {
    const semaphore = new Semaphore({ permits: 2, queueMax: 0 });
    expect([1, 2, 3].map(() => semaphore.tryAcquire())).toEqual([true, true, false]);
    semaphore.release();
    expect(semaphore.inUse).toBe(1);
    expect(semaphore.tryAcquire()).toBe(true);
  });

  test("hands permits to waiters first come, first served", () => {
    const semaphore = exhausted();
    const order: string[] = [];
    for (const name of ["first", "second"]) semaphore.enqueue(waiterIn(order, name));
    semaphore.release();
    expect(order).toEqual(["first"]);
    semaphore.release();
    expect(order).toEqual(["first", "second"]);
    expect(semaphore).toMatchObject({ inUse: 1, queued: 0 });
  });

  test("hands permits to the highest priority first", () => {
    const semaphore = exhausted();
    const order: string[] = [];
    const waiters = [
      waiterIn(order, "list", -1),
      waiterIn(order, "read"),
      waiterIn(order, "write", 3),
      waiterIn(order, "another write", 3),
    ];
    for (const waiter of waiters) semaphore.enqueue(waiter);
    for (const _ of waiters) semaphore.release();
    expect(order).toEqual(["write", "another write", "read", "list"]);
  });

  test("refuses a waiter beyond the queue's limit", () => {
    const semaphore = exhausted(1, 1);
    const order: string[] = [];
    expect(semaphore.enqueue(waiterIn(order, "first"))).toBe(true);
    expect(semaphore.enqueue(waiterIn(order, "second"))).toBe(false);
    expect(semaphore.queued).toBe(1);
  });

  test("never permits a waiter that has left", () => {
    const semaphore = exhausted();
    const order: string[] = [];
    const leaving = waiterIn(order, "leaving");
    semaphore.enqueue(leaving);
    semaphore.enqueue(waiterIn(order, "patient"));
    expect(semaphore.leave(leaving)).toBe(true);
    expect(semaphore.leave(leaving)).toBe(false);
    semaphore.release();
    semaphore.release();
    expect(order).toEqual(["patient"]);
    expect(semaphore).toMatchObject({ inUse: 0, queued: 0 });
  });

  test("leaves the permit with a waiter that leaves after it was permitted", () => {
    const semaphore = exhausted();
    const waiter = waiterIn([], "late");
    semaphore.enqueue(waiter);
    semaphore.release();
    expect(semaphore.leave(waiter)).toBe(false);
    expect(semaphore).toMatchObject({ inUse: 1, queued: 0 });
  });

  test("passes a permit along a long queue of waiters that return it at once", () => {
    const count = 100_000;
    const semaphore = exhausted(1, count);
    let permitted = 0;
    const waiter = () => ({
      onPermit: () => {
        permitted += 1;
        semaphore.release();
      },
    });
    for (let n = 0; n < count; n++) semaphore.enqueue(waiter());
    semaphore.release();
    expect(permitted).toBe(count);
    expect(semaphore).toMatchObject({ inUse: 0, queued: 0 });
  });

  test("lets nobody overtake the queue while a permit is handed over", () => {
    const semaphore = exhausted();
    const order: string[] = [];
    semaphore.enqueue({
      onPermit: () => {
        semaphore.release();
        if (semaphore.tryAcquire()) order.push("overtook");
      },
    });
    semaphore.enqueue(waiterIn(order, "second"));
    semaphore.release();
    expect(order).toEqual(["second"]);
    expect(semaphore.inUse).toBe(1);
  });

  test("empties its queue when it is told to, and permits none of it later", () => {
    const order: string[] = [];
    const semaphore = exhausted();
    const waiters = [waiterIn(order, "first"), waiterIn(order, "second")];
    for (const waiter of waiters) semaphore.enqueue(waiter);
    expect(semaphore.evict()).toEqual(waiters);
    expect(semaphore.queued).toBe(0);
    semaphore.release();
    expect(order).toEqual([]);
    expect(semaphore.tryAcquire()).toBe(true);
  });

  test("does not take back more permits than it handed out", () => {
    const semaphore = new Semaphore({ permits: 1, queueMax: 0 });
    expect(() => semaphore.release()).toThrow("released twice");
  });
});

describe("a semaphore, waited for with a promise", () => {
  const patient = { signal: undefined, waitMsMax: LONG_MS };

  test("resolves at once while a permit is free", async () => {
    const semaphore = new Semaphore({ permits: 1, queueMax: 0 });
    await expect(semaphore.acquire(patient)).resolves.toBe("permitted");
    await expect(semaphore.acquire(patient)).resolves.toBe("full");
  });

  test("resolves in turn, by priority", async () => {
    const semaphore = exhausted();
    const order: string[] = [];
    const wait = async (name: string, priority?: number) => {
      await semaphore.acquire({ ...patient, priority });
      order.push(name);
    };
    const waits = [wait("low"), wait("high", 1), wait("low too")];
    for (const _ of waits) semaphore.release();
    await Promise.all(waits);
    expect(order).toEqual(["high", "low", "low too"]);
  });

  test("times out, and is out of the queue then", async () => {
    const semaphore = exhausted();
    await expect(semaphore.acquire({ ...patient, waitMsMax: 1 })).resolves.toBe("timed-out");
    await expect(semaphore.acquire({ ...patient, waitMsMax: 0 })).resolves.toBe("timed-out");
    expect(semaphore.queued).toBe(0);
    semaphore.release();
    expect(semaphore.inUse).toBe(0);
  });

  test("does not take a wait without an end for one that is over", async () => {
    const semaphore = exhausted();
    const endless = semaphore.acquire({ ...patient, waitMsMax: Number.POSITIVE_INFINITY });
    const long = semaphore.acquire({ ...patient, waitMsMax: 2 ** 31 });
    await setImmediate();
    expect(semaphore.queued).toBe(2);
    semaphore.release();
    semaphore.release();
    await expect(Promise.all([endless, long])).resolves.toEqual(["permitted", "permitted"]);
  });

  test("rejects with the signal's reason when it fires, and takes no permit", async () => {
    const semaphore = exhausted();
    const leaving = new AbortController();
    const left = semaphore.acquire({ ...patient, signal: leaving.signal });
    leaving.abort("gave up");
    await expect(left).rejects.toBe("gave up");
    await expect(semaphore.acquire({ ...patient, signal: leaving.signal })).rejects.toBe("gave up");
    semaphore.release();
    expect(semaphore).toMatchObject({ inUse: 0, queued: 0 });
  });

  test("takes no permit for a signal that fired before, though one is free", async () => {
    const semaphore = new Semaphore({ permits: 1, queueMax: 1 });
    await expect(semaphore.acquire({ ...patient, signal: AbortSignal.abort("x") })).rejects.toBe(
      "x",
    );
    expect(semaphore.inUse).toBe(0);
  });

  test("hands the permit to the next if the signal fires before, in the same tick", async () => {
    const semaphore = exhausted();
    const leaving = new AbortController();
    const left = semaphore.acquire({ ...patient, signal: leaving.signal });
    const next = semaphore.acquire(patient);
    leaving.abort("gave up");
    semaphore.release();
    await expect(left).rejects.toBe("gave up");
    await expect(next).resolves.toBe("permitted");
    expect(semaphore.inUse).toBe(1);
  });

  test("is permitted if the signal fires after, in the same tick", async () => {
    const semaphore = exhausted();
    const leaving = new AbortController();
    const permitted = semaphore.acquire({ ...patient, signal: leaving.signal });
    semaphore.release();
    leaving.abort("gave up");
    await expect(permitted).resolves.toBe("permitted");
    semaphore.release();
    expect(semaphore).toMatchObject({ inUse: 0, queued: 0 });
  });

  test("ends as evicted when the queue is emptied", async () => {
    const semaphore = exhausted();
    const evicted = semaphore.acquire(patient);
    expect(semaphore.evict()).toEqual([]);
    await expect(evicted).resolves.toBe("evicted");
    semaphore.release();
    expect(semaphore.inUse).toBe(0);
  });
});
