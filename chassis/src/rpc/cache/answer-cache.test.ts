import assert from "node:assert";
import { EchoService } from "#testing/echo-service.ts";
import { AnswerCache } from "./answer-cache.ts";
import { batchShapeOf } from "./batch-shape.ts";

const shape = batchShapeOf(EchoService.method.batchGetWords);
assert(shape !== undefined);
const answerOf = (...ids: string[]) =>
  shape.foundIn({ words: ids.map((id) => ({ id, text: id })) } as never, ids);

describe("the cache of the answers of a batch", () => {
  let now: number;
  let cache: AnswerCache;
  beforeEach(() => {
    now = 1_000;
    cache = new AnswerCache({ freshForMs: 100, staleIfErrorMs: 1_000 }, () => now);
    cache.store(["a", "none"], answerOf("a"), cache.moment());
  });

  test("returns an answer as fresh for its time, and as stale for longer", () => {
    now += 99;
    expect(cache.fresh(["a", "b", "none"])).toMatchObject({ missing: ["b"], oldestMs: 1_000 });
    now += 1;
    expect(cache.fresh(["a"])).toMatchObject({ missing: ["a"], entries: [] });
    now += 899;
    expect(cache.stale(["a"])).toMatchObject({ missing: [], entries: [{ key: "a" }] });
    now += 1;
    expect(cache.stale(["a"])).toMatchObject({ missing: ["a"], entries: [] });
  });

  test("counts the age of an answer from its request, and returns the oldest", () => {
    const moment = cache.moment();
    now += 50;
    cache.store(["b"], answerOf("b"), moment);
    expect(cache.fresh(["b"]).oldestMs).toBe(1_000);
    cache.store(["c"], answerOf("c"), cache.moment());
    expect(cache.fresh(["c"]).oldestMs).toBe(1_050);
    expect(cache.fresh(["c", "b"]).oldestMs).toBe(1_000);
  });

  test("returns invalidated answers as stale, and not as fresh", () => {
    cache.invalidate(["a"]);
    expect(cache.fresh(["a"]).missing).toEqual(["a"]);
    expect(cache.stale(["a"]).missing).toEqual([]);
    cache.store(["a"], answerOf("a"), cache.moment());
    expect(cache.fresh(["a"]).missing).toEqual([]);
  });
});

describe("the shape of a batch", () => {
  test("is read from the descriptor, and undefined for a method of another shape", () => {
    expect(batchShapeOf(EchoService.method.say)).toBeUndefined();
    expect(shape.keysOf(shape.requestFor(["a", "b"]))).toEqual(["a", "b"]);
  });
});
