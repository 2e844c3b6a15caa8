/** The operation on an item. Its signal fires when another item's has failed. */
export type WorkOnItem<Item, Result> = (item: Item, signal: AbortSignal) => Promise<Result>;

/** The limits of a mapping. */
export interface MapLimits {
  readonly concurrency: number;
  readonly deadline: AbortSignal;
}

/**
 * Maps items by an operation with bounded concurrency, and returns the results in the order of the
 * items. The first failure ends the others, and is thrown when all have ended.
 */
export async function mapConcurrently<Item, Result>(
  items: readonly Item[],
  { concurrency, deadline }: MapLimits,
  work: WorkOnItem<Item, Result>,
): Promise<readonly Result[]> {
  const failure = new AbortController();
  const signal = AbortSignal.any([deadline, failure.signal]);
  const results = new Array<Result>(items.length);
  const left = items.entries();

  async function run(): Promise<void> {
    try {
      for (const [index, item] of left) {
        if (failure.signal.aborted) return;
        results[index] = await work(item, signal);
      }
    } catch (error) {
      failure.abort(error);
    }
  }

  await Promise.all(Array.from({ length: concurrency }, run));
  failure.signal.throwIfAborted();
  return results;
}
