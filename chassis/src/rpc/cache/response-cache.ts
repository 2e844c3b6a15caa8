import type { Message } from "@bufbuild/protobuf";
import type { CachePlan } from "#contract/method-plan.ts";
import { judge } from "#contract/verdict.ts";
import type { BatchSpan } from "#rpc/trace/trace.ts";
import { AnswerCache, type KnownKeys } from "./answer-cache.ts";
import type { BatchEntry, BatchShape, FoundByKey } from "./batch-shape.ts";

/** The stale answers of a batch whose callee failed. */
export interface Stale {
  /**
   * When the oldest of them was requested. Undefined if no stale answer was used, and only some
   * keys are missing.
   */
  readonly asOf: Date | undefined;
  /** The keys without an answer. */
  readonly missing: readonly string[];
}

/** What the caller of a batch accepts. */
export interface CallOptions {
  /**
   * Accepts stale answers when the callee fails, as old as `stale_if_error` of the method allows,
   * and is called with their age. Without it the call fails: stale data is never returned unmarked.
   */
  readonly onStale?: (stale: Stale) => void;
}

/** The source of the answer for a key. */
export type KeySource = "asked" | "fresh" | "stale" | "missing";

/** How one batch is answered. */
export interface BatchOptions extends CallOptions {
  /** Called with how much of it came from the cache; undefined if there is no trace. */
  readonly onKnown?: ((batch: BatchSpan) => void) | undefined;
}

/** The ways to the callee. */
export interface AskCallee {
  /** Calls for some keys. */
  readonly read: (keys: readonly string[]) => Promise<FoundByKey>;
  /** Sends a request as it is. */
  readonly send: (request: Message) => Promise<Message>;
}

/** Counts the keys of a batch by source. */
export type CountKeys = (source: KeySource, count: number) => void;

/** A read-through cache: answers batches out of what is cached, and calls for the rest. */
export class ResponseCache {
  readonly #shape: BatchShape;
  readonly #cache: AnswerCache;
  readonly #keysMax: number;
  readonly #count: CountKeys;

  constructor(shape: BatchShape, plan: CachePlan, count: CountKeys) {
    this.#shape = shape;
    this.#cache = new AnswerCache(plan);
    this.#keysMax = plan.maxBatch;
    this.#count = count;
  }

  /** Invalidates cached answers: of these keys, or of all. */
  invalidate(keys?: readonly string[]): void {
    this.#cache.invalidate(keys);
  }

  /**
   * Answers a batch. Calls for the keys without a fresh answer, if there are any.
   */
  async answer(
    request: Message,
    { onStale, onKnown }: BatchOptions,
    { read, send }: AskCallee,
  ): Promise<Message> {
    const keys = this.#shape.keysOf(request);
    // The callee decides whether a batch may have no keys, or so many.
    if (keys.length === 0 || keys.length > this.#keysMax) return send(request);
    const fresh = this.#cache.fresh(keys);
    onKnown?.(explain(keys, fresh));
    this.#count("fresh", keys.length - fresh.missing.length);
    if (fresh.missing.length === 0) return this.#shape.responseOf(fresh.entries);

    const moment = this.#cache.moment();
    try {
      const found = await read(fresh.missing);
      this.#cache.store(fresh.missing, found, moment);
      this.#count("asked", fresh.missing.length);
      return this.#shape.responseOf([...fresh.entries, ...entriesOf(fresh.missing, found)]);
    } catch (thrown) {
      if (onStale === undefined || !judge(thrown).isUnavailable) throw thrown;
      const stale = this.#cache.stale(fresh.missing);
      const nothingKnown = stale.missing.length === keys.length;
      if (nothingKnown) throw thrown;
      this.#count("stale", fresh.missing.length - stale.missing.length);
      this.#count("missing", stale.missing.length);
      onKnown?.(explain(keys, fresh, stale));
      const asOf = stale.oldestMs === undefined ? undefined : new Date(stale.oldestMs);
      onStale({ asOf, missing: stale.missing });
      return this.#shape.responseOf([...fresh.entries, ...stale.entries]);
    }
  }
}

/** Returns the entries of some keys, each once, in their order. */
function entriesOf(keys: readonly string[], found: FoundByKey): readonly BatchEntry[] {
  return [...new Set(keys)].flatMap((key) => {
    const message = found.get(key);
    return message === undefined ? [] : { key, message };
  });
}

function explain(keys: readonly string[], ...known: readonly KnownKeys[]): BatchSpan {
  const { length } = known.at(-1)?.missing ?? keys;
  const times = known.map(({ oldestMs }) => oldestMs).filter((timeMs) => timeMs !== undefined);
  return {
    keys: keys.length,
    kept: keys.length - length,
    ...(times.length > 0 && { oldestMs: Date.now() - Math.min(...times) }),
  };
}
