import { clientShareOf, FairSemaphore, type FairSemaphoreLimits } from "./fair-semaphore.ts";

const LONG_MS = 60_000;

/** A semaphore, and the outcomes of waits for it, by name, in the order in which they came. */
function semaphoreOf(limits: Partial<FairSemaphoreLimits> = {}) {
  const semaphore = new FairSemaphore({ permits: 1, permitsPerKey: 1, queueMax: 100, ...limits });
  const order: string[] = [];
  const wait = async (key: string, name = key) => {
    const outcome = await semaphore.acquire({ key, signal: undefined, waitMsMax: LONG_MS });
    order.push(outcome === "permitted" ? name : `${name} ${outcome}`);
    return outcome;
  };
  return { semaphore, order, wait };
}

describe("a fair semaphore", () => {
  test("lets one key hold its share and no more, though permits are free", () => {
    const { semaphore } = semaphoreOf({ permits: 4, permitsPerKey: 2 });
    expect([1, 2, 3].map(() => semaphore.tryAcquire("greedy"))).toEqual([
      "permitted",
      "permitted",
      "over-share",
    ]);
    expect([1, 2].map((n) => semaphore.tryAcquire(`other ${n}`))).toEqual([
      "permitted",
      "permitted",
    ]);
    expect(semaphore.tryAcquire("another")).toBe("overloaded");
    expect(semaphore).toMatchObject({ inUse: 4, queued: 0 });
  });

  test("serves a key of one caller after one turn of a key of many", async () => {
    const { semaphore, order, wait } = semaphoreOf();
    const waits = [wait("greedy", "1"), wait("greedy", "2"), wait("greedy", "3"), wait("other")];
    for (const key of ["greedy", "greedy", "other"]) {
      await Promise.resolve();
      semaphore.release(key);
    }
    await Promise.all(waits);
    expect(order).toEqual(["1", "2", "other", "3"]);
  });

  test("is first come, first served if all have one key: the control arm", async () => {
    const { semaphore, order, wait } = semaphoreOf();
    const names = ["1", "2", "3", "other"];
    const waits = names.map((name) => wait("everybody", name));
    for (let n = 0; n < 3; n++) {
      await Promise.resolve();
      semaphore.release("everybody");
    }
    await Promise.all(waits);
    expect(order).toEqual(names);
  });

  test("hands a permit to the key that holds the fewest", async () => {
    const { semaphore, order, wait } = semaphoreOf({ permits: 3, permitsPerKey: 3 });
    for (const key of ["two", "two", "one"]) semaphore.tryAcquire(key);
    const waits = [wait("two"), wait("one"), wait("none")];
    semaphore.release("two");
    await waits[2];
    // Now all hold one, so that it is the turn of the one that came first.
    semaphore.release("none");
    await waits[0];
    semaphore.release("two");
    await waits[1];
    expect(order).toEqual(["none", "two", "one"]);
  });

  test("goes round among keys that hold as many", async () => {
    const { semaphore, order, wait } = semaphoreOf();
    semaphore.tryAcquire("first");
    const waits = ["a", "a", "b", "b", "c"].map((key) => wait(key));
    let holder = "first";
    for (let n = 1; n <= waits.length; n++) {
      semaphore.release(holder);
      await Promise.resolve();
      await Promise.resolve();
      holder = order.at(-1) ?? "";
    }
    await Promise.all(waits);
    expect(order).toEqual(["a", "b", "c", "a", "b"]);
  });

  test("keeps nobody waiting for a key that waits at its own share", async () => {
    const { semaphore, wait } = semaphoreOf({ permits: 2, permitsPerKey: 1 });
    semaphore.tryAcquire("greedy");
    const greedy = wait("greedy");
    expect(semaphore.queued).toBe(1);
    await expect(wait("other")).resolves.toBe("permitted");
    semaphore.release("greedy");
    await expect(greedy).resolves.toBe("permitted");
  });

  test("makes room in a full queue by dropping the last caller of the longest key", async () => {
    const { semaphore, order, wait } = semaphoreOf({ queueMax: 3 });
    semaphore.tryAcquire("first");
    const waits = ["1", "2", "3"].map((name) => wait("greedy", name));
    await expect(wait("greedy", "4")).resolves.toBe("over-share");
    waits.push(wait("other"));
    await expect(waits[2]).resolves.toBe("over-share");
    expect(semaphore.queued).toBe(3);
    // Two and one: a second newcomer of the shorter key would only turn that round.
    await expect(wait("other", "other 2")).resolves.toBe("overloaded");
    expect(order).toEqual(["4 over-share", "3 over-share", "other 2 overloaded"]);
    for (const key of ["first", "greedy", "other", "greedy"]) semaphore.release(key);
    await Promise.all(waits);
  });

  test("refuses a newcomer as overloaded if every key in the queue waits once", async () => {
    const { semaphore, wait } = semaphoreOf({ queueMax: 2 });
    semaphore.tryAcquire("first");
    const waits = [wait("a"), wait("b")];
    await expect(wait("c")).resolves.toBe("overloaded");
    expect(semaphore.queued).toBe(2);
    for (const key of ["first", "a", "b"]) semaphore.release(key);
    await Promise.all(waits);
  });

  test("tells a wait that took too long whose fault it was", async () => {
    const { semaphore } = semaphoreOf({ permits: 2, permitsPerKey: 1 });
    semaphore.tryAcquire("greedy");
    const brief = { signal: undefined, waitMsMax: 1 };
    await expect(semaphore.acquire({ key: "greedy", ...brief })).resolves.toBe("over-share");
    semaphore.tryAcquire("second");
    await expect(semaphore.acquire({ key: "other", ...brief })).resolves.toBe("overloaded");
    await expect(
      semaphore.acquire({ key: "other", signal: undefined, waitMsMax: 0 }),
    ).resolves.toBe("overloaded");
    expect(semaphore.queued).toBe(0);
  });

  test("never permits a caller that has left", async () => {
    const { semaphore, wait } = semaphoreOf();
    semaphore.tryAcquire("first");
    const leaving = new AbortController();
    const left = semaphore.acquire({ key: "a", signal: leaving.signal, waitMsMax: LONG_MS });
    const patient = wait("b");
    leaving.abort("gave up");
    await expect(left).rejects.toBe("gave up");
    await expect(
      semaphore.acquire({ key: "a", signal: leaving.signal, waitMsMax: LONG_MS }),
    ).rejects.toBe("gave up");
    semaphore.release("first");
    await expect(patient).resolves.toBe("permitted");
    semaphore.release("b");
    expect(semaphore).toMatchObject({ inUse: 0, queued: 0 });
  });

  test("does not take back more permits of a key than it handed out", () => {
    const { semaphore } = semaphoreOf({ permits: 2 });
    semaphore.tryAcquire("a");
    semaphore.tryAcquire("b");
    semaphore.release("a");
    expect(() => semaphore.release("a")).toThrow("released twice");
    expect(semaphore.inUse).toBe(1);
  });
});

test.each([
  [256, 64],
  [10, 2],
  [3, 1],
  [1, 1],
])("the share of one client in %i places is %i", (places, share) => {
  expect(clientShareOf(places)).toBe(share);
});
