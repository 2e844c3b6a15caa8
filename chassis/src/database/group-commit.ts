import assert from "node:assert";
import { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import { type CallPriority, rememberPriority } from "#admission/call-priority.ts";
import {
  canceledBy,
  leavesConnectionUsable,
  PoolBusy,
  TransactionConflict,
} from "./database-error.ts";
import { GatheredWrite } from "./gathered-write.ts";

/** The writes of a batch. It is not empty. */
export type Items<Item> = readonly [Item, ...Item[]];

/** How writes share statements. */
export interface GroupCommitOptions<Item, Result> {
  /**
   * Returns the lane of a write: writes of one lane share batches. A lane is a shard, or a row that
   * its writes wait for.
   */
  readonly laneOf: (item: Item) => unknown;
  /** Two writes of one identity never share a batch. Default: any two may. */
  readonly identityOf?: (item: Item) => string;
  /**
   * Writes a batch in one statement, and returns the results in the order of the items. The signal
   * fires when no caller waits for the batch any more.
   */
  readonly write: (items: Items<Item>, signal: AbortSignal) => Promise<readonly Result[]>;
  /** A batch that takes longer stalls: the next one no longer waits for it. Default: 100 ms. */
  readonly stallMs?: number;
}

/** The most writes in one statement. */
export const BATCH_MAX = 64;
/** The most writes that wait in a lane: several batches, more than admission lets in at once. */
export const QUEUE_MAX = 1_024;
/** Its connection may hang, or it may wait for a lock: a batch of 64 comments takes 4 to 15 ms. */
const STALL_MS_DEFAULT = 100;
/** The most batches of a lane that Postgres has at once, all but one of them stalled. */
const IN_FLIGHT_MAX = 3;

/**
 * A group commit: writes that arrive while a batch is in flight wait, and then go together into one
 * statement and one commit. A lone write is sent at once, and nothing waits for a timer. Each write
 * has its own result: an error that one write may have caused makes the others try alone.
 *
 * DeWitt et al., "Implementation Techniques for Main Memory Database Systems" (1984), commit in
 * groups.
 */
export class GroupCommit<Item, Result> {
  readonly #options: GroupCommitOptions<Item, Result>;
  /** The lanes that have work. */
  readonly #lanes = new Map<unknown, Lane<Item, Result>>();

  constructor(options: GroupCommitOptions<Item, Result>) {
    this.#options = options;
  }

  /**
   * Writes with others. A write whose signal fires is left out if it was not sent yet; else it is
   * unknown whether it is carried out. Throws QueryCanceled for both, PoolBusy if too many wait,
   * and what `write` throws.
   */
  submit(item: Item, signal: AbortSignal): Promise<Result> {
    if (signal.aborted) return Promise.reject(canceledBy(signal));
    const key = this.#options.laneOf(item);
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = new Lane(this.#options, () => this.#lanes.delete(key));
      this.#lanes.set(key, lane);
    }
    return lane.submit(item, signal);
  }
}

type Batch<Item, Result> = readonly GatheredWrite<Item, Result>[];

/** Writes of which one batch is in flight at a time, unless it stalls. */
class Lane<Item, Result> {
  readonly #options: GroupCommitOptions<Item, Result>;
  readonly #onIdle: () => void;
  #waiting: GatheredWrite<Item, Result>[] = [];
  /** The batch that the next one waits for. */
  #awaited: Batch<Item, Result> | undefined;
  #inFlight = 0;

  constructor(options: GroupCommitOptions<Item, Result>, onIdle: () => void) {
    this.#options = options;
    this.#onIdle = onIdle;
  }

  submit(item: Item, signal: AbortSignal): Promise<Result> {
    if (this.#waiting.length >= QUEUE_MAX) {
      return Promise.reject(new PoolBusy(`${QUEUE_MAX} writes wait for a batch`));
    }
    const write = new GatheredWrite<Item, Result>(item, signal);
    write.onLeave = this.#leave;
    this.#waiting.push(write);
    this.#sendNext();
    return write.result;
  }

  readonly #leave = (write: GatheredWrite<Item, Result>) => {
    if (write.isSent) return;
    this.#waiting.splice(this.#waiting.indexOf(write), 1);
  };

  #sendNext(): void {
    if (this.#awaited !== undefined || this.#inFlight >= IN_FLIGHT_MAX) return;
    if (this.#waiting.length > 0) void this.#send(this.#take());
    else if (this.#inFlight === 0) this.#onIdle();
  }

  async #send(batch: Batch<Item, Result>): Promise<void> {
    this.#awaited = batch;
    this.#inFlight += 1;
    const timer = setTimeout(() => this.#passBy(batch), this.#options.stallMs ?? STALL_MS_DEFAULT);
    timer.unref();
    await writeBatch(batch, this.#options.write);
    clearTimeout(timer);
    this.#inFlight -= 1;
    this.#passBy(batch);
  }

  /** The next batch waits for this one no longer. */
  #passBy(batch: Batch<Item, Result>): void {
    if (this.#awaited === batch) this.#awaited = undefined;
    this.#sendNext();
  }

  /** Takes the next batch: the most critical writes first, and among equals the first come. */
  #take(): Batch<Item, Result> {
    const { identityOf } = this.#options;
    const identities = new Set<string>();
    const batch: GatheredWrite<Item, Result>[] = [];
    const rest: GatheredWrite<Item, Result>[] = [];
    if (this.#waiting.length > BATCH_MAX) this.#waiting.sort(byCriticality);
    for (const write of this.#waiting) {
      const identity = identityOf?.(write.item);
      const isTwin = identity !== undefined && identities.has(identity);
      if (batch.length >= BATCH_MAX || isTwin) {
        rest.push(write);
        continue;
      }
      if (identity !== undefined) identities.add(identity);
      write.isSent = true;
      batch.push(write);
    }
    this.#waiting = rest;
    return batch;
  }
}

/** Writes a batch, and settles each write of it. Never throws. */
async function writeBatch<Item, Result>(
  batch: Batch<Item, Result>,
  write: GroupCommitOptions<Item, Result>["write"],
): Promise<void> {
  const signal = sharedSignal(batch);
  try {
    const items = batch.map(({ item }) => item) as unknown as Items<Item>;
    const results = await write(items, signal);
    assert.equal(results.length, batch.length, "a batch has a result for each write");
    for (const [index, one] of batch.entries()) one.resolve(results[index] as Result);
  } catch (error) {
    if (batch.length > 1 && isOfOneWrite(error)) {
      const left = batch.filter((one) => !one.isOver);
      await Promise.all(left.map((one) => writeBatch([one], write)));
    } else {
      for (const one of batch) one.reject(error);
    }
  }
}

/**
 * Returns whether one write may be the reason why all were rolled back: it breaks a constraint, or
 * conflicts with another transaction. It is known that nothing was changed.
 */
function isOfOneWrite(error: unknown): boolean {
  return error instanceof TransactionConflict || leavesConnectionUsable(error);
}

/**
 * Returns a signal that fires when those of all writes have. It matters as much as the most
 * critical call, until the latest deadline.
 */
function sharedSignal<Item, Result>(batch: Batch<Item, Result>): AbortSignal {
  const [first] = batch;
  assert(first, "a batch is not empty");
  if (batch.length === 1) return first.signal;
  const controller = new AbortController();
  let callers = batch.length;
  for (const write of batch) {
    write.onLeave = () => {
      callers -= 1;
      if (callers === 0) controller.abort(write.signal.reason);
    };
  }
  rememberPriority(controller.signal, {
    criticality: criticalityOf([...batch].sort(byCriticality)[0] ?? first),
    deadline: Math.max(...batch.map(deadlineOf)),
  });
  return controller.signal;
}

interface Ranked {
  readonly priority: CallPriority | undefined;
}

function criticalityOf({ priority }: Ranked): Criticality {
  return priority?.criticality ?? Criticality.DEFAULT;
}

function deadlineOf({ priority }: Ranked): number {
  return priority?.deadline ?? Number.POSITIVE_INFINITY;
}

function byCriticality(one: Ranked, other: Ranked): number {
  return criticalityOf(other) - criticalityOf(one);
}
