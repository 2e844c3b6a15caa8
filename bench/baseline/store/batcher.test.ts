import { createBatcher } from "./batcher.ts";

/** A loader whose batches the test ends. */
function heldLoader() {
  const batches: { readonly keys: readonly number[]; readonly end: () => void }[] = [];
  const load = (keys: readonly number[]) =>
    new Promise<string[]>((resolve) => {
      batches.push({ keys, end: () => resolve(keys.map((key) => `value ${key}`)) });
    });
  return { batches, load, textOf: String };
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("a batcher", () => {
  test("joins what arrives together, and asks for equal keys once", async () => {
    const { batches, ...loader } = heldLoader();
    const read = createBatcher(loader);
    const values = Promise.all([read(1), read(2), read(1)]);
    await nextTurn();
    expect(batches.map(({ keys }) => keys)).toEqual([[1, 2]]);
    batches[0]?.end();
    expect(await values).toEqual(["value 1", "value 2", "value 1"]);
  });

  test("has two batches in flight at most, and fills the next one meanwhile", async () => {
    const { batches, ...loader } = heldLoader();
    const read = createBatcher(loader);
    const values: Promise<string>[] = [];
    for (const key of [1, 2, 3, 4]) {
      values.push(read(key));
      await nextTurn();
    }
    expect(batches.map(({ keys }) => keys)).toEqual([[1], [2]]);
    batches[0]?.end();
    expect(await values[0]).toBe("value 1");
    await nextTurn(); // in this turn it schedules the next batch
    await nextTurn();
    expect(batches.map(({ keys }) => keys)).toEqual([[1], [2], [3, 4]]);
    for (const { end } of batches) end();
    expect(await Promise.all(values)).toEqual(["value 1", "value 2", "value 3", "value 4"]);
  });

  test("fails every reader of a batch that fails, and goes on", async () => {
    let fails = true;
    const read = createBatcher<number, number>({
      textOf: String,
      load: async (keys) => {
        if (fails) throw new Error("the database is away");
        return keys;
      },
    });
    const results = await Promise.allSettled([read(1), read(2)]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    fails = false;
    expect(await read(3)).toBe(3);
  });
});
