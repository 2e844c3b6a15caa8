import { create, type DescMethod, type Message } from "@bufbuild/protobuf";
import type { CalleeHealth, OutgoingCall, Told, Transport } from "#rpc/transport.ts";

/** A try that a client has sent. */
export interface ScriptedTry {
  readonly method: DescMethod;
  readonly call: OutgoingCall;
  readonly isCancelled: boolean;
  /** Answers with an empty message, or with these fields. */
  answer(fields?: Record<string, unknown>): void;
  fail(error: unknown): void;
}

/** A transport that answers when a test says so. */
export class ScriptedTransport implements Transport {
  readonly tries: ScriptedTry[] = [];
  health = async (): Promise<CalleeHealth> => "serving";
  allHang = false;

  unary(method: DescMethod, _request: Message, call: OutgoingCall, told: Told) {
    const own = {
      method,
      call,
      isCancelled: false,
      answer: (fields: Record<string, unknown> = {}) =>
        told.answered(create(method.output, fields)),
      fail: (error: unknown) => told.failed(error),
    };
    this.tries.push(own);
    return {
      cancel() {
        own.isCancelled = true;
      },
    };
  }

  serverStream(): never {
    throw new Error("only calls with one answer are scripted");
  }

  clientStream(): never {
    throw new Error("only calls with one answer are scripted");
  }

  isUnresponsive(): boolean {
    return this.allHang;
  }

  close(): void {}
}
