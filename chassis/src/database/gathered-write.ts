import { type CallPriority, priorityOf } from "#admission/call-priority.ts";
import { canceledBy, QueryCanceled } from "./database-error.ts";

/**
 * A write of one call in a group commit: it waits, is sent with others, and has a result of its
 * own. It listens to its call's signal by itself, without a closure.
 */
export class GatheredWrite<Item, Result> {
  readonly item: Item;
  readonly signal: AbortSignal;
  readonly result: Promise<Result>;
  /** Undefined for work that no call asked for. */
  readonly priority: CallPriority | undefined;
  /** Called if the signal fires before the result. */
  onLeave: (write: GatheredWrite<Item, Result>) => void = () => {};
  isSent = false;
  #settled = Promise.withResolvers<Result>();
  #isOver = false;

  /** `signal` has not fired yet. */
  constructor(item: Item, signal: AbortSignal) {
    this.item = item;
    this.signal = signal;
    this.result = this.#settled.promise;
    this.priority = priorityOf(signal);
    signal.addEventListener("abort", this, { once: true });
  }

  /** Whether the write has its result, or its caller has given up. */
  get isOver(): boolean {
    return this.#isOver;
  }

  resolve(result: Result): void {
    if (this.#end()) this.#settled.resolve(result);
  }

  reject(error: unknown): void {
    if (this.#end()) this.#settled.reject(error);
  }

  /** The signal has fired. */
  handleEvent(): void {
    this.reject(this.isSent ? unknownOutcome(this.signal) : canceledBy(this.signal));
    this.onLeave(this);
  }

  #end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.signal.removeEventListener("abort", this);
    return true;
  }
}

/** Returns the error of a write that was sent with others, which the batch goes on for. */
function unknownOutcome(signal: AbortSignal): QueryCanceled {
  const message = "the call was canceled while its write was under way: it may be carried out";
  return new QueryCanceled(message, { cause: signal.reason });
}
