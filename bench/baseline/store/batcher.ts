/** How a batch is loaded. */
export interface BatchLoader<Key, Value> {
  /** The identity of a key: equal reads are asked once. */
  readonly textOf: (key: Key) => string;
  /** Returns the values in the order of the keys. */
  readonly load: (keys: readonly Key[]) => Promise<readonly Value[]>;
}

interface Waiting<Key, Value> extends PromiseWithResolvers<Value> {
  readonly key: Key;
}

const IN_FLIGHT_MAX = 2;
const KEYS_MAX = 128;

/**
 * Joins concurrent reads into batches. What arrives in one turn of the event loop goes together.
 * While two batches are in flight, the next one fills. There is no timer.
 */
export function createBatcher<Key, Value>({
  textOf,
  load,
}: BatchLoader<Key, Value>): (key: Key) => Promise<Value> {
  let waiting = new Map<string, Waiting<Key, Value>>();
  let inFlight = 0;
  let isScheduled = false;

  function schedule(): void {
    if (isScheduled || inFlight >= IN_FLIGHT_MAX || waiting.size === 0) return;
    isScheduled = true;
    setImmediate(send);
  }

  function send(): void {
    isScheduled = false;
    const batch = [...waiting.values()].slice(0, KEYS_MAX);
    waiting = new Map([...waiting].slice(KEYS_MAX));
    inFlight++;
    load(batch.map(({ key }) => key))
      .then(
        (values) => {
          batch.forEach(({ resolve }, index) => {
            resolve(values[index] as Value);
          });
        },
        (error) => {
          for (const { reject } of batch) reject(error);
        },
      )
      .finally(() => {
        inFlight--;
        schedule();
      });
    schedule();
  }

  return function read(key) {
    const text = textOf(key);
    const same = waiting.get(text);
    if (same !== undefined) return same.promise;
    const entry = { key, ...Promise.withResolvers<Value>() };
    waiting.set(text, entry);
    schedule();
    return entry.promise;
  };
}
