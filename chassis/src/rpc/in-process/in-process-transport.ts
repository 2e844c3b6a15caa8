import { clone, create, type DescMessage, type DescMethod, type Message } from "@bufbuild/protobuf";
import { status } from "@grpc/grpc-js";
import { cancelled } from "#contract/cancellation.ts";
import { RpcError } from "#contract/rpc-error.ts";
import type { Router } from "#rpc/server/router.ts";
import type { ServedCall } from "#rpc/server/served-call.ts";
import type { IncomingCall, OutgoingCall, Told, Transport } from "#rpc/transport.ts";
import type { Peer } from "#tls/peer.ts";

/** A transport within the process, with a switch that makes its callee unavailable. */
export interface InProcessTransport extends Transport {
  /** With false, calls fail as if the process of the callee were down. */
  setAvailable(available: boolean): void;
  /**
   * Returns the same transport for a caller of this name, which a certificate would prove over
   * gRPC.
   */
  calledBy(name: string): Transport;
}

/**
 * Creates a transport to a router in the same process. It behaves as gRPC does: the same statuses
 * and deadlines, and copies of the messages, so that neither side can change the other's objects.
 * `isServing` says whether the callee is ready.
 */
export function createInProcessTransport(
  router: Router,
  isServing: () => boolean,
): InProcessTransport {
  let available = true;
  const check = () => {
    if (!available) throw new RpcError(status.UNAVAILABLE, "the callee is not running");
  };
  const open = (method: DescMethod, call: OutgoingCall, peer: Peer | undefined) => {
    check();
    call.explanation?.sent();
    return router.open(method, received(call, peer));
  };
  const transportOf = (peer: Peer | undefined): Transport => ({
    unary(method, request, call, told) {
      let served: ServedCall | undefined;
      answer(told, async () => {
        const copy = clone(method.input, request);
        served = open(method, call, peer);
        return clone(method.output, await router.unary(served, copy));
      });
      return { cancel: () => served?.cancel() };
    },
    serverStream(method, request, call) {
      let served: ServedCall | undefined;
      const iterator = read()[Symbol.asyncIterator]();
      return {
        next: () => iterator.next(),
        cancel() {
          served?.cancel();
          // Not awaited: it settles only after a pending next().
          void iterator.return?.().catch(() => undefined);
        },
      };
      async function* read(): AsyncIterable<Message> {
        const copy = clone(method.input, request);
        served = open(method, call, peer);
        yield* copies(method.output, router.serverStream(served, copy));
      }
    },
    clientStream(method, requests, call, told) {
      let served: ServedCall | undefined;
      answer(told, async () => {
        served = open(method, call, peer);
        const source = new Source(method.input, requests, { served, told });
        const answered = router.clientStream(served, source.read());
        const response = await answered.catch((thrown) => source.rethrow(thrown));
        source.check();
        return clone(method.output, response);
      });
      return { cancel: () => served?.cancel() };
    },
    isUnresponsive: () => false,
    async health(timeoutMs) {
      check();
      return isServing() ? await router.health(timeoutMs) : "not-serving";
    },
    close() {
      available = false;
    },
  });
  return {
    ...transportOf(undefined),
    calledBy: (name) => transportOf({ kind: "process", name }),
    setAvailable(next) {
      available = next;
    },
  };
}

/** Runs a call with one answer, and reports how it ended. */
function answer(told: Told, work: () => Promise<Message>): void {
  work().then(
    (message) => told.answered(message),
    (thrown) => told.failed(thrown),
  );
}

/** A call as its callee receives it. */
function received(
  { requestId, authorization, criticality, deadline, explanation }: OutgoingCall,
  peer: Peer | undefined,
): IncomingCall {
  return { requestId, authorization, criticality, deadline, explanation, peer };
}

/**
 * The messages that a caller sends. If reading them fails, the call fails with that error, whatever
 * the handler returns.
 */
class Source {
  readonly #schema: DescMessage;
  readonly #messages: AsyncIterable<Message>;
  readonly #served: ServedCall;
  readonly #told: Told;
  #failure: { readonly cause: unknown } | undefined;

  constructor(
    schema: DescMessage,
    messages: AsyncIterable<Message>,
    { served, told }: { readonly served: ServedCall; readonly told: Told },
  ) {
    this.#served = served;
    this.#told = told;
    this.#schema = schema;
    this.#messages = messages;
  }

  /** Reads copies. If that fails, the handler sees a caller that gave up. */
  async *read(): AsyncIterable<Message> {
    try {
      for await (const message of copies(this.#schema, this.#messages)) {
        this.#told.waits?.();
        yield message;
        this.#told.goesOn?.();
      }
      this.#told.waits?.();
    } catch (cause) {
      this.#failure = { cause };
      this.#served.cancel();
      throw cancelled();
    }
  }

  /** Throws the error of the source, if there is one. */
  check(): void {
    if (this.#failure) throw this.#failure.cause;
  }

  /** Throws the error of the source, or else the error of the call. */
  rethrow(thrown: unknown): never {
    this.check();
    throw thrown;
  }
}

async function* copies(
  schema: DescMessage,
  messages: AsyncIterable<Message>,
): AsyncIterable<Message> {
  for await (const message of messages) yield clone(schema, create(schema, message));
}
