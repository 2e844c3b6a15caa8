import { mapConcurrently } from "./map-concurrently.ts";

const ITEMS = [1, 2, 3, 4, 5];
const limits = () => ({ concurrency: 2, deadline: new AbortController().signal });

describe("mapConcurrently", () => {
  test("returns its results in the order of the items, whichever ends first", async () => {
    let underWay = 0;
    let most = 0;
    const results = await mapConcurrently(ITEMS, limits(), async (item) => {
      most = Math.max(most, ++underWay);
      for (let turn = item; turn < 2 * ITEMS.length; turn++) await Promise.resolve();
      underWay--;
      return item * 10;
    });
    expect(results).toEqual([10, 20, 30, 40, 50]);
    expect(most).toBe(2);
  });

  test("throws the first failure, once every operation in progress has ended", async () => {
    const begun: number[] = [];
    let ended = false;
    const running = mapConcurrently(ITEMS, limits(), async (item, signal) => {
      begun.push(item);
      if (item === 2) throw new Error("the second failed");
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      await new Promise(setImmediate);
      ended = true;
      throw new Error("the first was ended");
    });
    await expect(running).rejects.toThrow("the second failed");
    expect(ended).toBe(true);
    expect(begun).toEqual([1, 2]);
  });

  test("passes the deadline on to the operations", async () => {
    const deadline = AbortSignal.abort(new Error("too late"));
    const running = mapConcurrently(ITEMS, { concurrency: 2, deadline }, async (_, signal) => {
      signal.throwIfAborted();
    });
    await expect(running).rejects.toThrow("too late");
  });
});
