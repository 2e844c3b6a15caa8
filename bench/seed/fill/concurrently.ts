import { goOn } from "#seed/client/stopped.ts";

/**
 * Does the work of each item, a bounded number at once. After a failure or a stop no further work
 * begins; it throws once all that had begun has ended.
 */
export async function concurrently<Item>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<void>,
  { places, stop }: { readonly places: number; readonly stop: AbortSignal },
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const failures: unknown[] = [];
  async function place(): Promise<void> {
    while (failures.length === 0) {
      goOn(stop);
      const { done, value } = queue.next();
      if (done) return;
      await work(value);
    }
  }
  const all = Array.from({ length: places }, () =>
    place().catch((error: unknown) => void failures.push(error)),
  );
  await Promise.all(all);
  if (failures.length > 0) throw failures[0];
}
