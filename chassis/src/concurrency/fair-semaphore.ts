import assert from "node:assert/strict";
import { type PermitWait, waitInQueue } from "./permit-wait.ts";

/** The limits of a fair semaphore. */
export interface FairSemaphoreLimits {
  /** How many may hold a permit at once. */
  readonly permits: number;
  /** How many of them one key may hold, also while nobody else wants one. May be infinite. */
  readonly permitsPerKey: number;
  /** How many more may wait for one. */
  readonly queueMax: number;
}

/**
 * How a request for a permit ends. `permitted`: the key holds one more. `over-share`: the key
 * itself is the reason, since it holds or waits for the most that it may. `overloaded`: all keys
 * together are.
 */
export type FairOutcome = "permitted" | "over-share" | "overloaded";

/** A wait for a permit, for a key. */
export interface FairWait extends PermitWait {
  readonly key: string;
}

/** Ends the wait of one caller. */
type Waiter = (outcome: FairOutcome) => void;

/**
 * A counting semaphore with a bounded queue that is fair by key: max-min fairness. A free permit
 * goes to the key that holds the fewest, and among equals round robin; within one key first come,
 * first served. While the queue is full, a newcomer takes the place of the last caller of the key
 * that has the most in it (longest queue drop). So a key may use what nobody else wants, up to
 * `permitsPerKey`, and many callers of one key delay those of another by a turn each and no more.
 *
 * McKenney, "Stochastic Fairness Queueing" (1990), drops from the longest queue.
 */
export class FairSemaphore {
  readonly #limits: FairSemaphoreLimits;
  /** How many permits each key holds. No entry means none. */
  readonly #held = new Map<string, number>();
  /** The waiters of each key that has any. The order of the keys is their turn. */
  readonly #waiting = new Map<string, Set<Waiter>>();
  #inUse = 0;
  #queued = 0;

  constructor(limits: FairSemaphoreLimits) {
    this.#limits = limits;
  }

  /** How many permits are held. */
  get inUse(): number {
    return this.#inUse;
  }

  /** How many callers wait for a permit. */
  get queued(): number {
    return this.#queued;
  }

  /** Takes a permit if one is free, and the key may hold one more. */
  tryAcquire(key: string): FairOutcome {
    if (this.#isAtShare(key)) return "over-share";
    // While a permit is free, those who wait are all at their share: nobody is overtaken.
    if (this.#inUse >= this.#limits.permits) return "overloaded";
    this.#take(key);
    return "permitted";
  }

  /**
   * Waits for a permit, which the caller must release if the outcome is `permitted`, also if its
   * signal has fired since. Rejects with the signal's reason if that fires before.
   */
  acquire({ key, signal, waitMsMax }: FairWait): Promise<FairOutcome> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const outcome = this.tryAcquire(key);
    if (outcome === "permitted" || waitMsMax <= 0) return Promise.resolve(outcome);
    if (!this.#makeRoom(key)) {
      return Promise.resolve(this.#isLongest(key) ? "over-share" : "overloaded");
    }
    let waiter: Waiter | undefined;
    return waitInQueue<FairOutcome>({
      signal,
      waitMsMax,
      enter: (end) => {
        waiter = end;
        this.#waiting.set(key, (this.#waiting.get(key) ?? new Set()).add(end));
        this.#queued += 1;
      },
      leave: () => {
        if (waiter !== undefined) this.#leave(key, waiter);
      },
      timedOut: () => (this.#isAtShare(key) ? "over-share" : "overloaded"),
    });
  }

  /** Releases a permit of the key: the next in turn gets it. */
  release(key: string): void {
    const held = this.#held.get(key) ?? 0;
    assert(held > 0, "a permit was released twice");
    if (held > 1) this.#held.set(key, held - 1);
    else this.#held.delete(key);
    this.#inUse -= 1;
    for (let next = this.#nextKey(); next !== undefined; next = this.#nextKey()) this.#grant(next);
  }

  #isAtShare(key: string): boolean {
    return (this.#held.get(key) ?? 0) >= this.#limits.permitsPerKey;
  }

  #take(key: string): void {
    this.#held.set(key, (this.#held.get(key) ?? 0) + 1);
    this.#inUse += 1;
  }

  /** Gives a permit to the first waiter of a key, whose turn then comes last. */
  #grant(key: string): void {
    const waiters = this.#waiting.get(key);
    const [first] = waiters ?? [];
    assert(waiters && first, "a key whose turn it is has a waiter");
    this.#take(key);
    this.#leave(key, first);
    if (this.#waiting.delete(key)) this.#waiting.set(key, waiters);
    first("permitted");
  }

  #leave(key: string, waiter: Waiter): void {
    const waiters = this.#waiting.get(key);
    if (waiters === undefined || !waiters.delete(waiter)) return;
    this.#queued -= 1;
    if (waiters.size === 0) this.#waiting.delete(key);
  }

  /** Returns the key whose turn it is, if a permit is free and a waiting key may hold one more. */
  #nextKey(): string | undefined {
    if (this.#inUse >= this.#limits.permits) return undefined;
    let next: string | undefined;
    let fewest = this.#limits.permitsPerKey;
    for (const key of this.#waiting.keys()) {
      const held = this.#held.get(key) ?? 0;
      if (held < fewest) [next, fewest] = [key, held];
    }
    return next;
  }

  /** Makes room for one more waiter of a key. Returns false if there is none for it. */
  #makeRoom(key: string): boolean {
    if (this.#queued < this.#limits.queueMax) return true;
    const longest = this.#longestKey();
    if (longest === undefined || this.#isLongest(key)) return false;
    const waiters = [...(this.#waiting.get(longest) ?? [])];
    // With one more waiter the newcomer's key must still have fewer, or nobody would gain.
    if (waiters.length <= this.#waitingOf(key) + 1) return false;
    const last = waiters.at(-1);
    assert(last, "the longest queue has a waiter");
    this.#leave(longest, last);
    last("over-share");
    return true;
  }

  #waitingOf(key: string): number {
    return this.#waiting.get(key)?.size ?? 0;
  }

  #longestKey(): string | undefined {
    let longest: string | undefined;
    for (const key of this.#waiting.keys()) {
      if (longest === undefined || this.#waitingOf(key) > this.#waitingOf(longest)) longest = key;
    }
    return longest;
  }

  /** Whether no key has more waiters than this one, and this one has any. */
  #isLongest(key: string): boolean {
    const longest = this.#longestKey();
    return longest !== undefined && this.#waitingOf(key) >= this.#waitingOf(longest);
  }
}

/** The part of all places that one client may have. */
const CLIENT_SHARE = 0.25;

/**
 * Returns how many of so many places one client may have: a quarter, and at least one. Three others
 * with as much appetite still find places.
 */
export function clientShareOf(places: number): number {
  return Math.max(1, Math.floor(places * CLIENT_SHARE));
}
