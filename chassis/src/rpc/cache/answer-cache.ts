import type { Message } from "@bufbuild/protobuf";
import { LRUCache } from "lru-cache";
import type { MethodPolicy } from "#contract/method-policy.ts";
import type { BatchEntry, FoundByKey } from "./batch-shape.ts";

/** How many keys of one method are cached: about 3 MB, at 300 bytes each. */
const KEYS_MAX = 10_000;

/** The cached answer for one key. */
interface CachedAnswer {
  /** Undefined if the callee has nothing under this key. */
  readonly message: Message | undefined;
  /** When it was requested, in milliseconds since the epoch. */
  readonly askTimeMs: number;
  /** How many invalidations there had been by then. */
  readonly sequence: number;
}

/** The cached answers for some keys. */
export interface KnownKeys {
  readonly entries: readonly BatchEntry[];
  /** The keys without one. */
  readonly missing: readonly string[];
  /** When the oldest answer was requested, in milliseconds since the epoch. */
  readonly oldestMs: number | undefined;
}

/** The moment right before a batch is requested. */
export interface AskMoment {
  readonly timeMs: number;
  readonly sequence: number;
}

/**
 * A cache of the answers of one batch method, key by key, with the times of its policy. A fresh
 * answer saves a call; a stale one is used when the callee fails. The age of an answer counts from
 * the moment of its request, since it cannot be newer than that.
 */
export class AnswerCache {
  readonly #freshMs: number;
  readonly #staleMs: number;
  readonly #now: () => number;
  readonly #answers = new LRUCache<string, CachedAnswer>({ max: KEYS_MAX });
  /** The number of the last invalidation of each key. An answer from before it is not fresh. */
  readonly #invalidated = new LRUCache<string, number>({ max: KEYS_MAX });
  #allInvalidated = 0;
  #sequence = 0;

  constructor(
    policy: Pick<MethodPolicy, "freshForMs" | "staleIfErrorMs">,
    now: () => number = Date.now,
  ) {
    this.#freshMs = policy.freshForMs;
    this.#staleMs = Math.max(policy.staleIfErrorMs, policy.freshForMs);
    this.#now = now;
  }

  /** Returns the answers that save a call. */
  fresh(keys: readonly string[]): KnownKeys {
    return this.#known(keys, (key, kept) => this.#isFresh(key, kept));
  }

  /** Returns the answers that may be used when the callee fails. */
  stale(keys: readonly string[]): KnownKeys {
    return this.#known(keys, (_, kept) => this.#now() - kept.askTimeMs < this.#staleMs);
  }

  /** Returns the present moment, to be passed to {@link store}. */
  moment(): AskMoment {
    return { timeMs: this.#now(), sequence: this.#sequence };
  }

  /** Stores answers. The callee has nothing under the keys that are not found. */
  store(keys: readonly string[], found: FoundByKey, { timeMs, sequence }: AskMoment): void {
    for (const key of keys) {
      this.#answers.set(key, { message: found.get(key), askTimeMs: timeMs, sequence });
    }
  }

  /**
   * Invalidates the answers that were requested before now, of these keys or of all: they are no
   * longer fresh. They may still be used when the callee fails.
   */
  invalidate(keys?: readonly string[]): void {
    this.#sequence += 1;
    if (keys === undefined) this.#allInvalidated = this.#sequence;
    else for (const key of keys) this.#invalidated.set(key, this.#sequence);
  }

  #isFresh(key: string, { askTimeMs, sequence }: CachedAnswer): boolean {
    const invalidated = Math.max(this.#allInvalidated, this.#invalidated.get(key) ?? 0);
    return sequence >= invalidated && this.#now() - askTimeMs < this.#freshMs;
  }

  #known(keys: readonly string[], isGood: (key: string, kept: CachedAnswer) => boolean): KnownKeys {
    const entries: BatchEntry[] = [];
    const missing: string[] = [];
    let oldestMs: number | undefined;
    for (const key of keys) {
      const kept = this.#answers.get(key);
      if (kept === undefined || !isGood(key, kept)) {
        missing.push(key);
        continue;
      }
      oldestMs = Math.min(oldestMs ?? kept.askTimeMs, kept.askTimeMs);
      if (kept.message !== undefined) entries.push({ key, message: kept.message });
    }
    return { entries, missing, oldestMs };
  }
}
