import type { Message } from "@bufbuild/protobuf";
import type { CachePlan } from "#contract/method-plan.ts";
import { judge } from "#contract/verdict.ts";
import type { BatchSpan } from "#rpc/trace/trace.ts";
import { AnswerCache, type KnownKeys } from "./answer-cache.ts";
import type { BatchShape } from "./batch-shape.ts";

/** Old answers that were given, since the callee could not be asked. */
export interface Stale {
  /**
   * How old the oldest is: when it was asked for. Undefined if nothing old was used, and something
   * is missing.
   */
  readonly asOf: Date | undefined;
  /** The keys of which nothing is known. */
  readonly missing: readonly string[];
}

/** What a caller of a batch can live with. */
export interface CallOptions {
  /**
   * Takes old answers, as old as the method's `stale_if_error` allows, when the callee fails, and
   * is told of them. Without it a failure is thrown: nobody is given old data unawares.
   */
  readonly onStale?: (stale: Stale) => void;
}

/** Where the answer for a key came from. */
export type KeySource = "asked" | "fresh" | "stale" | "missing";

/** What a batch is answered with. */
export interface BatchOptions extends CallOptions {
  /** Told how much of it was known, if somebody wants it explained. */
  readonly onKnown?: ((batch: BatchSpan) => void) | undefined;
}

/** Told how many keys of a batch came from where. */
export type CountKeys = (source: KeySource, count: number) => void;

/** A read-through cache: answers batches out of what is cached, and calls for the rest. */
export class ResponseCache {
  readonly #shape: BatchShape;
  readonly #cache: AnswerCache;
  readonly #keysMax: number;
  readonly #count: CountKeys;

  constructor(shape: BatchShape, plan: CachePlan, count: CountKeys) {
    this.#shape = shape;
    this.#cache = new AnswerCache(shape, plan);
    this.#keysMax = plan.maxBatch;
    this.#count = count;
  }

  /** Lets no answer from before now pass for fresh. */
  invalidate(keys?: readonly string[]): void {
    this.#cache.invalidate(keys);
  }

  /**
   * Answers a batch; `ask` is given a request for the keys that are not fresh, and is not called if
   * all are.
   */
  async answer(
    request: Message,
    { onStale, onKnown }: BatchOptions,
    ask: (wanted: Message) => Promise<Message>,
  ): Promise<Message> {
    const keys = this.#shape.keysOf(request);
    // Without keys, or with too many: whether that is allowed is the callee's to say, whatever is
    // kept.
    if (keys.length === 0 || keys.length > this.#keysMax) return ask(request);
    const fresh = this.#cache.fresh(keys);
    onKnown?.(explain(keys, fresh));
    this.#count("fresh", keys.length - fresh.missing.length);
    if (fresh.missing.length === 0) return this.#shape.responseOf(fresh.entries);

    const moment = this.#cache.moment();
    try {
      const response = await ask(this.#shape.requestFor(fresh.missing));
      this.#cache.keep(fresh.missing, response, moment);
      this.#count("asked", fresh.missing.length);
      return this.#shape.responseOf([...fresh.entries, ...this.#shape.entriesOf(response)]);
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

function explain(keys: readonly string[], ...known: readonly KnownKeys[]): BatchSpan {
  const { length } = known.at(-1)?.missing ?? keys;
  const times = known.map(({ oldestMs }) => oldestMs).filter((timeMs) => timeMs !== undefined);
  return {
    keys: keys.length,
    kept: keys.length - length,
    ...(times.length > 0 && { oldestMs: Date.now() - Math.min(...times) }),
  };
}
