import type { Message } from "@bufbuild/protobuf";
import { LRUCache } from "lru-cache";
import type { MethodPolicy } from "#contract/method-policy.ts";
import type { BatchEntry, BatchShape } from "./batch-shape.ts";

/** How many keys of one method are remembered. At some 300 bytes each it is 3 MB. */
const KEYS_MAX = 10_000;

/** What was answered for one key. */
interface Kept {
  /** Undefined: the callee has nothing under this key. */
  readonly message: Message | undefined;
  /** When it was asked, in milliseconds since the epoch. */
  readonly askTimeMs: number;
  /** How many outdatings had been seen when it was asked. */
  readonly sequence: number;
}

/** What is known of some keys. */
export interface KnownKeys {
  readonly entries: readonly BatchEntry[];
  /** The keys of which nothing is known. */
  readonly missing: readonly string[];
  /**
   * When the oldest of what is known was asked, in milliseconds since the epoch; undefined if
   * nothing is.
   */
  readonly oldestMs: number | undefined;
}

/** When a batch is asked: what belongs to the moment before the question. */
export interface AskMoment {
  readonly timeMs: number;
  readonly sequence: number;
}

/**
 * Remembers the answers of one batch method, key by key, for as long as its policy says: fresh
 * ones, which spare the question, and old ones, which stand in when the callee fails. An answer
 * counts from when it was asked for: it can't be newer than that.
 */
export class AnswerCache {
  readonly #shape: BatchShape;
  readonly #freshMs: number;
  readonly #staleMs: number;
  readonly #now: () => number;
  readonly #kept = new LRUCache<string, Kept>({ max: KEYS_MAX });
  /**
   * For each key, the number of its last outdating; an answer that was asked for before is not
   * fresh.
   */
  readonly #outdated = new LRUCache<string, number>({ max: KEYS_MAX });
  #allOutdated = 0;
  #sequence = 0;

  constructor(
    shape: BatchShape,
    policy: Pick<MethodPolicy, "freshForMs" | "staleIfErrorMs">,
    now: () => number = Date.now,
  ) {
    this.#shape = shape;
    this.#freshMs = policy.freshForMs;
    this.#staleMs = Math.max(policy.staleIfErrorMs, policy.freshForMs);
    this.#now = now;
  }

  /** Gives what needs no question. */
  fresh(keys: readonly string[]): KnownKeys {
    return this.#known(keys, (key, kept) => this.#isFresh(key, kept));
  }

  /** Gives what may stand in for an answer that did not come. */
  stale(keys: readonly string[]): KnownKeys {
    return this.#known(keys, (_, kept) => this.#now() - kept.askTimeMs < this.#staleMs);
  }

  /** To be taken right before asking. */
  moment(): AskMoment {
    return { timeMs: this.#now(), sequence: this.#sequence };
  }

  /** Remembers an answer, and that the callee has nothing under the keys that it leaves out. */
  keep(keys: readonly string[], response: Message, { timeMs, sequence }: AskMoment): void {
    const messages = new Map(
      this.#shape.entriesOf(response).map(({ key, message }) => [key, message]),
    );
    for (const key of keys) {
      this.#kept.set(key, { message: messages.get(key), askTimeMs: timeMs, sequence });
    }
  }

  /**
   * Lets nothing that was asked for before now pass for fresh, of these keys or of all. It may
   * still stand in.
   */
  invalidate(keys?: readonly string[]): void {
    this.#sequence += 1;
    if (keys === undefined) this.#allOutdated = this.#sequence;
    else for (const key of keys) this.#outdated.set(key, this.#sequence);
  }

  #isFresh(key: string, { askTimeMs, sequence }: Kept): boolean {
    const outdated = Math.max(this.#allOutdated, this.#outdated.get(key) ?? 0);
    return sequence >= outdated && this.#now() - askTimeMs < this.#freshMs;
  }

  #known(keys: readonly string[], isGood: (key: string, kept: Kept) => boolean): KnownKeys {
    const entries: BatchEntry[] = [];
    const missing: string[] = [];
    let oldestMs: number | undefined;
    for (const key of keys) {
      const kept = this.#kept.get(key);
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
