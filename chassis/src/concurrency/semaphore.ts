import assert from "node:assert/strict";
import { type PermitWait, waitInQueue } from "./permit-wait.ts";

/** Waits in a semaphore's queue for a permit. Any object can be one, without a promise. */
export interface Waiter {
  /** The highest priority goes first; 0 by default. Must not change while it waits. */
  readonly priority?: number;
  /**
   * Called once, synchronously, when the waiter leaves the queue with a permit, which it must
   * release. May use the semaphore, and must not throw.
   */
  onPermit(): void;
}

/** The limits of a semaphore. Either may be infinite. */
export interface SemaphoreLimits {
  /** How many may hold a permit at once. */
  readonly permits: number;
  /** How many more may wait for one. */
  readonly queueMax: number;
}

/** A wait for a permit of a semaphore with priorities. */
interface RankedWait extends PermitWait {
  /** The highest priority goes first; 0 by default. */
  readonly priority?: number;
}

/**
 * How a wait for a permit ends. `permitted`: the caller holds a permit. `full`: the queue had no
 * room. `timed-out`: the wait took as long as it may. `evicted`: `evict` ended it.
 */
type Acquired = "permitted" | "full" | "timed-out" | "evicted";

/**
 * A counting semaphore with a bounded queue. Permits go to the waiter with the highest priority,
 * and among equals to the first come. Callers that can wait in an object of their own use
 * `tryAcquire`, `enqueue` and `leave`; all others use `acquire`. A permit is never handed to a
 * waiter that has left the queue.
 */
export class Semaphore<Queued extends Waiter = Waiter> {
  readonly #permits: number;
  readonly #queueMax: number;
  /** The queues, by priority: there are a few priorities, and an emptied queue stays. */
  readonly #queues = new Map<number, Set<Queued | PromiseWaiter>>();
  #inUse = 0;
  #queued = 0;
  #isGranting = false;

  constructor({ permits, queueMax }: SemaphoreLimits) {
    this.#permits = permits;
    this.#queueMax = queueMax;
  }

  /** How many permits are held. */
  get inUse(): number {
    return this.#inUse;
  }

  /** How many wait for a permit. */
  get queued(): number {
    return this.#queued;
  }

  /** Takes a permit if one is free and nobody waits for it. */
  tryAcquire(): boolean {
    if (this.#inUse >= this.#permits || this.#queued > 0) return false;
    this.#inUse += 1;
    return true;
  }

  /**
   * Puts a waiter that is not in the queue into it, after `tryAcquire` has failed. Returns false if
   * the queue is full.
   */
  enqueue(waiter: Queued): boolean {
    return this.#enqueue(waiter);
  }

  /**
   * Takes a waiter out of the queue. Returns false if it is not in it: its permit, if it has got
   * one, stays its own.
   */
  leave(waiter: Queued): boolean {
    return this.#leave(waiter);
  }

  /** Hands a permit to the next waiter, or frees it. */
  release(): void {
    assert(this.#inUse > 0, "a permit was released twice");
    this.#inUse -= 1;
    // A waiter that releases in its onPermit comes here too: the loop below goes on for it, so that
    // a queue of any length needs no deeper stack.
    if (this.#isGranting) return;
    this.#isGranting = true;
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) {
        this.#leave(next);
        this.#inUse += 1;
        next.onPermit();
      }
    } finally {
      this.#isGranting = false;
    }
  }

  /**
   * Empties the queue without a permit for anyone, and returns its waiters in no order. Waits of
   * `acquire` end as `evicted` and are not among them.
   */
  evict(): readonly Queued[] {
    const evicted: Queued[] = [];
    for (const queue of this.#queues.values()) {
      for (const waiter of queue) {
        this.#leave(waiter);
        if (waiter instanceof PromiseWaiter) waiter.end("evicted");
        else evicted.push(waiter);
      }
    }
    return evicted;
  }

  /**
   * Waits for a permit, which the caller must release if the result is `permitted`, also if its
   * signal has fired since. Rejects with the signal's reason if that fires before.
   */
  acquire({ signal, waitMsMax, priority = 0 }: RankedWait): Promise<Acquired> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.tryAcquire()) return Promise.resolve("permitted");
    if (this.#queued >= this.#queueMax) return Promise.resolve("full");
    if (waitMsMax <= 0) return Promise.resolve("timed-out");
    let waiter: PromiseWaiter | undefined;
    return waitInQueue<Acquired>({
      signal,
      waitMsMax,
      enter: (end) => {
        waiter = new PromiseWaiter(priority, end);
        this.#enqueue(waiter);
      },
      leave: () => {
        if (waiter !== undefined) this.#leave(waiter);
      },
      timedOut: () => "timed-out",
    });
  }

  #enqueue(waiter: Queued | PromiseWaiter): boolean {
    assert(this.#isGranting || this.#inUse >= this.#permits, "a permit is free");
    if (this.#queued >= this.#queueMax) return false;
    const priority = waiter.priority ?? 0;
    const queue = this.#queues.get(priority) ?? new Set();
    this.#queues.set(priority, queue.add(waiter));
    this.#queued += 1;
    return true;
  }

  #leave(waiter: Queued | PromiseWaiter): boolean {
    const hasLeft = this.#queues.get(waiter.priority ?? 0)?.delete(waiter) ?? false;
    if (hasLeft) this.#queued -= 1;
    return hasLeft;
  }

  /** Returns the waiter whose turn it is, if there is one and a permit for it. */
  #next(): Queued | PromiseWaiter | undefined {
    if (this.#queued === 0 || this.#inUse >= this.#permits) return undefined;
    let first: Queued | PromiseWaiter | undefined;
    let highest = Number.NEGATIVE_INFINITY;
    for (const [priority, queue] of this.#queues) {
      if (queue.size === 0 || (first !== undefined && priority <= highest)) continue;
      highest = priority;
      [first] = queue;
    }
    return first;
  }
}

/** A waiter of `acquire`. */
class PromiseWaiter implements Waiter {
  readonly priority: number;
  readonly end: (result: Acquired) => void;

  constructor(priority: number, end: (result: Acquired) => void) {
    this.priority = priority;
    this.end = end;
  }

  onPermit(): void {
    this.end("permitted");
  }
}
