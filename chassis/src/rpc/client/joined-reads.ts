import { cancelled, deadlineExceeded } from "#contract/cancellation.ts";
import type { RpcError } from "#contract/rpc-error.ts";
import { ANONYMOUS } from "#identity/caller.ts";
import type { FoundByKey } from "#rpc/cache/batch-shape.ts";
import type { CallContext } from "#rpc/call-context.ts";
import { NOT_WAITING, timeWheel, type WheelEntry } from "#rpc/time-wheel.ts";

/** What joined reads need of their batch. */
export interface JoinedBatch {
  /** How many keys a call takes. */
  readonly keysMax: number;
  readonly timeoutMs: number;
  /** Calls the batch, without a user's token. */
  send(keys: readonly string[], context: CallContext): Promise<FoundByKey>;
  /** Returns the error of a read that the breaker lets not through; undefined if it does. */
  refusal(): RpcError | undefined;
  /** Returns the error of a read for which there is no room. */
  full(): RpcError;
  /** Called with the number of keys of each call. */
  countKeys(count: number): void;
}

/**
 * While one call is under way, the next one fills, and a second one is sent beside it. More of them
 * would be smaller, and cost more than they overlap.
 */
const IN_FLIGHT_MAX = 2;
/** As many as a bulkhead lets in and queues. */
const READERS_MAX = 512;

/**
 * Micro-batching: joins reads that are made at the same time into calls of a batch. A read joins
 * the batch that fills now; a batch is sent when fewer than two are in flight, so that load makes
 * batches larger and not their number. No timer delays anything: what arrives in one turn of the
 * event loop is sent at its end. Each reader keeps its own deadline and signal. A batch is
 * cancelled once all its readers have left.
 *
 * A read never joins a batch that was sent already: it could miss a write that the reader has seen.
 */
export class JoinedReads {
  readonly #batch: JoinedBatch;
  readonly #filling: Batch[] = [];
  #inFlight = 0;
  #readers = 0;
  #isScheduled = false;

  constructor(batch: JoinedBatch) {
    this.#batch = batch;
  }

  /**
   * Reads some keys, at most as many as a call takes. The answers may be shared with other readers,
   * and hold other keys, too. Rejects with an {@link RpcError}.
   */
  read(keys: readonly string[], context: CallContext): Promise<FoundByKey> {
    if (context.signal.aborted) return Promise.reject(reasonOf(context.signal));
    const refusal = this.#batch.refusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    if (this.#readers >= READERS_MAX) return Promise.reject(this.#batch.full());
    const batch = this.#batchFor(keys);
    const reader = new Reader(keys, context, batch);
    this.#readers += 1;
    reader.enter(Math.min(context.deadline - Date.now(), this.#batch.timeoutMs), () => {
      this.#readers -= 1;
    });
    this.#schedule();
    return reader.found;
  }

  /** Ends the reads that wait, since the breaker has opened: what is under way may hang. */
  evict(): void {
    for (const batch of this.#filling.splice(0)) {
      for (const reader of batch.readers)
        reader.failed(this.#batch.refusal() ?? this.#batch.full());
    }
  }

  /** Returns the batch that fills, or a new one if the keys do not fit into it. */
  #batchFor(keys: readonly string[]): Batch {
    const last = this.#filling.at(-1);
    if (last?.hasRoomFor(keys, this.#batch.keysMax)) return last;
    const batch = new Batch();
    this.#filling.push(batch);
    return batch;
  }

  #schedule(): void {
    if (this.#isScheduled || this.#inFlight >= IN_FLIGHT_MAX) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#sendAll();
    });
  }

  #sendAll(): void {
    while (this.#inFlight < IN_FLIGHT_MAX) {
      const batch = this.#filling.shift();
      if (batch === undefined) return;
      if (batch.readers.size > 0) void this.#send(batch);
    }
  }

  async #send(batch: Batch): Promise<void> {
    this.#inFlight += 1;
    const keys = batch.keys();
    this.#batch.countKeys(keys.length);
    try {
      batch.answered(await this.#batch.send(keys, batch.context()));
    } catch (thrown) {
      batch.failed(thrown);
    } finally {
      this.#inFlight -= 1;
      this.#schedule();
    }
  }
}

/** A call of the batch: the readers that it is made for. */
class Batch {
  readonly readers = new Set<Reader>();
  readonly #controller = new AbortController();
  /** The keys that its readers have wanted, also those who have left. */
  readonly #wanted = new Set<string>();

  /** Whether it takes these keys too, as one of at most `keysMax`. */
  hasRoomFor(keys: readonly string[], keysMax: number): boolean {
    if (this.#wanted.size + keys.length <= keysMax) return true;
    return this.#wanted.size + keys.filter((key) => !this.#wanted.has(key)).length <= keysMax;
  }

  enter(reader: Reader): void {
    this.readers.add(reader);
    for (const key of reader.keys) this.#wanted.add(key);
  }

  keys(): readonly string[] {
    const keys = new Set<string>();
    for (const reader of this.readers) for (const key of reader.keys) keys.add(key);
    return [...keys];
  }

  /** The call is as critical as its most critical reader, and has as much time as the last one. */
  context(): CallContext {
    const contexts = Array.from(this.readers, ({ context }) => context);
    return {
      requestId: contexts[0]?.requestId ?? "",
      caller: ANONYMOUS,
      criticality: contexts
        .map(({ criticality }) => criticality)
        .reduce((most, one) => ((one ?? 0) > (most ?? 0) ? one : most), undefined),
      deadline: Math.max(...contexts.map(({ deadline }) => deadline)),
      signal: this.#controller.signal,
    };
  }

  answered(found: FoundByKey): void {
    for (const reader of this.readers) reader.answered(found);
  }

  failed(thrown: unknown): void {
    for (const reader of this.readers) reader.failed(thrown);
  }

  /** Removes a reader that gives up. The last one ends the call. */
  leave(reader: Reader, reason: RpcError): void {
    this.readers.delete(reader);
    if (this.readers.size === 0) this.#controller.abort(reason);
  }
}

/**
 * One read: the entry of its batch, the listener of its caller's signal, and the entry of the time
 * wheel.
 */
class Reader implements WheelEntry {
  readonly keys: readonly string[];
  readonly context: CallContext;
  dueMs = NOT_WAITING;
  readonly #batch: Batch;
  readonly #outcome = Promise.withResolvers<FoundByKey>();
  #onEnd: () => void = () => {};

  constructor(keys: readonly string[], context: CallContext, batch: Batch) {
    this.keys = keys;
    this.context = context;
    this.#batch = batch;
  }

  get found(): Promise<FoundByKey> {
    return this.#outcome.promise;
  }

  /** Joins the batch for so many milliseconds. Calls `onEnd` once, when it is over. */
  enter(leftMs: number, onEnd: () => void): void {
    this.#onEnd = onEnd;
    this.#batch.enter(this);
    timeWheel.add(this, leftMs);
    this.context.signal.addEventListener("abort", this, { once: true });
  }

  answered(found: FoundByKey): void {
    this.#end();
    this.#outcome.resolve(found);
  }

  failed(thrown: unknown): void {
    this.#end();
    this.#outcome.reject(thrown);
  }

  /** Called by the time wheel. */
  onDue(): void {
    this.#giveUp(deadlineExceeded());
  }

  /** Called by the caller's signal. */
  handleEvent(): void {
    this.#giveUp(reasonOf(this.context.signal));
  }

  #giveUp(reason: RpcError): void {
    this.#batch.leave(this, reason);
    this.failed(reason);
  }

  #end(): void {
    timeWheel.remove(this);
    this.context.signal.removeEventListener("abort", this);
    this.#onEnd();
  }
}

function reasonOf({ reason }: AbortSignal): RpcError {
  return reason instanceof Error ? (reason as RpcError) : cancelled();
}
