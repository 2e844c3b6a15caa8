import type { Message } from "@bufbuild/protobuf";
import { cancelled, deadlineExceeded } from "#contract/cancellation.ts";
import { RpcError } from "#contract/rpc-error.ts";
import { NOT_WAITING, timeWheel, type WheelEntry } from "#rpc/time-wheel.ts";
import type { MessageStream, Sent, Told } from "#rpc/transport.ts";

/** A stream whose first message has arrived. */
export interface OpenStream {
  readonly stream: MessageStream;
  readonly first: IteratorResult<Message>;
}

/**
 * Turns a stream into a call whose answer is the first message. That message decides for hedge,
 * bulkhead and breaker; the reader decides how long the rest takes.
 */
export function awaitFirst(stream: MessageStream, told: Told<OpenStream>): Sent {
  stream.next().then(
    (first) => told.answered({ stream, first }),
    (thrown) => told.failed(thrown),
  );
  return stream;
}

/** Reads the rest of a stream. If a message takes too long, the stream is cancelled. */
export class MessageReader implements WheelEntry, Disposable {
  dueMs = NOT_WAITING;
  readonly #stream: MessageStream;
  readonly #signal: AbortSignal;
  readonly #silenceMsMax: number;
  #reason: RpcError | undefined;

  constructor(stream: MessageStream, signal: AbortSignal, silenceMsMax: number) {
    this.#stream = stream;
    this.#signal = signal;
    this.#silenceMsMax = silenceMsMax;
    if (signal.aborted) this.handleEvent();
    else signal.addEventListener("abort", this, { once: true });
  }

  /** Reads the next message. */
  async next(): Promise<IteratorResult<Message>> {
    if (this.#silenceMsMax !== Number.POSITIVE_INFINITY) timeWheel.add(this, this.#silenceMsMax);
    try {
      return await this.#stream.next();
    } catch (thrown) {
      throw this.#reason ?? thrown;
    } finally {
      timeWheel.remove(this);
    }
  }

  /** Called by the time wheel: the message took too long. */
  onDue(): void {
    this.#cancel(deadlineExceeded());
  }

  /** Called by the caller's signal: the caller gave up. */
  handleEvent(): void {
    const { reason } = this.#signal;
    this.#cancel(reason instanceof RpcError ? reason : cancelled(), "caller left");
  }

  [Symbol.dispose](): void {
    timeWheel.remove(this);
    this.#signal.removeEventListener("abort", this);
    this.#stream.cancel("caller left");
  }

  #cancel(reason: RpcError, why?: "caller left"): void {
    this.#reason = reason;
    this.#stream.cancel(why);
  }
}
