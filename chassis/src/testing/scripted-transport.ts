import { create, type DescMethod, type Message } from "@bufbuild/protobuf";
import type { CalleeHealth, OutgoingCall, Sent, Told, Transport } from "#rpc/transport.ts";

/** A try that a client has sent. */
export interface ScriptedTry {
  readonly method: DescMethod;
  readonly call: OutgoingCall;
  readonly isCancelled: boolean;
  /** Why it was cancelled, if its caller said so. */
  readonly why: "caller left" | undefined;
  /** Answers with an empty message, or with these fields. */
  answer(fields?: Record<string, unknown>): void;
  fail(error: unknown): void;
  /** Of a stream of requests: the callee reads no more, or reads on. */
  waits(): void;
  goesOn(): void;
}

/** A transport that answers when a test says so. */
export class ScriptedTransport implements Transport {
  readonly tries: ScriptedTry[] = [];
  health = async (): Promise<CalleeHealth> => "serving";
  allHang = false;

  unary(method: DescMethod, _request: Message, call: OutgoingCall, told: Told) {
    return this.#send(method, call, told);
  }

  clientStream(
    method: DescMethod,
    _requests: AsyncIterable<Message>,
    call: OutgoingCall,
    told: Told,
  ) {
    return this.#send(method, call, told);
  }

  #send(method: DescMethod, call: OutgoingCall, told: Told): Sent {
    const own: ScriptedTry & { isCancelled: boolean; why: "caller left" | undefined } = {
      method,
      call,
      isCancelled: false,
      why: undefined,
      waits: () => told.waits?.(),
      goesOn: () => told.goesOn?.(),
      answer: (fields: Record<string, unknown> = {}) =>
        told.answered(create(method.output, fields)),
      fail: (error: unknown) => told.failed(error),
    };
    this.tries.push(own);
    return {
      cancel(why?: "caller left") {
        own.isCancelled = true;
        own.why = why;
      },
    };
  }

  serverStream(): never {
    throw new Error("only calls with one answer are scripted");
  }

  isUnresponsive(): boolean {
    return this.allHang;
  }

  close(): void {}
}
