import { cancelled, deadlineExceeded } from "#contract/cancellation.ts";
import { RpcError } from "#contract/rpc-error.ts";
import { NOT_WAITING, timeWheel, type WheelEntry } from "./time-wheel.ts";

/**
 * The deadline and the cancellation of a call: its time ends when the deadline passes, when its
 * caller gives up, or when the call is over. It holds the call's only AbortController, and waits on
 * the time wheel, without a timer of its own.
 */
export class CallTime implements WheelEntry, Disposable {
  /** When the answer is of no more use, in milliseconds since the epoch. */
  readonly deadline: number;
  /**
   * Fires with an {@link RpcError}, DEADLINE_EXCEEDED or CANCELLED; never once the call is over.
   */
  readonly signal: AbortSignal;
  /** Written by the wheel alone. */
  dueMs = NOT_WAITING;
  readonly #controller = new AbortController();
  #isOver = false;

  constructor(deadline: number) {
    this.deadline = deadline;
    this.signal = this.#controller.signal;
    timeWheel.add(this, deadline - Date.now());
  }

  /**
   * Ends the time since the caller gave up, with the caller's own error if there is one. Does
   * nothing once the call is over.
   */
  cancel(reason?: unknown): void {
    if (!this.#isOver) this.#end(reason instanceof RpcError ? reason : cancelled());
  }

  /** Called by the wheel when the deadline has passed. */
  onDue(): void {
    if (!this.#isOver) this.#end(deadlineExceeded());
  }

  /** Ends the time since the call is over: the signal fires no more. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    timeWheel.remove(this);
  }

  /** Called when the time has ended before the call. */
  protected stop(_error: RpcError): void {}

  #end(error: RpcError): void {
    this[Symbol.dispose]();
    this.#controller.abort(error);
    this.stop(error);
  }
}
