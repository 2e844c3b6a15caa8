import { status } from "@grpc/grpc-js";
import { refusal } from "#contract/rpc-error.ts";
import { NOT_WAITING, timeWheel, type WheelEntry } from "#rpc/time-wheel.ts";
import type { ServedCall } from "./served-call.ts";

/**
 * The patience of a server with the caller of a stream, who sends or reads nothing more: the
 * contract says for how long it may be silent. Then the call ends, as if its caller had left.
 */
export class CallerPatience implements WheelEntry, Disposable {
  dueMs = NOT_WAITING;
  readonly #call: ServedCall;

  constructor(call: ServedCall) {
    this.#call = call;
  }

  /** Waits for the caller from now on. */
  begin(): void {
    const { callerSilenceMsMax } = this.#call.method.plan;
    if (callerSilenceMsMax !== Number.POSITIVE_INFINITY) timeWheel.add(this, callerSilenceMsMax);
  }

  /** The caller is not waited for. */
  end(): void {
    timeWheel.remove(this);
  }

  /** Iterates over the caller's messages, with patience for each. */
  async *with<T>(messages: AsyncIterable<T>): AsyncIterable<T> {
    this.begin();
    for await (const message of messages) {
      this.end();
      yield message;
      this.begin();
    }
    this.end();
  }

  /** Called by the wheel: the caller was silent for too long. */
  onDue(): void {
    const message = "the caller was silent for too long";
    this.#call.cancel(refusal(status.CANCELLED, message, { reason: "CALLER_SILENT" }));
  }

  [Symbol.dispose](): void {
    this.end();
  }
}
