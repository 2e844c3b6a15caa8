import { clone, type DescMessage, type Message } from "@bufbuild/protobuf";
import { status } from "@grpc/grpc-js";
import { cancelled } from "#contract/cancellation.ts";
import { RpcError } from "#contract/rpc-error.ts";
import type { Router } from "#rpc/server/router.ts";
import type { OutgoingCall, Transport } from "#rpc/transport.ts";
import type { Peer } from "#tls/peer.ts";

/** A transport within the process, and the switch that takes its callee away. */
export interface InProcessTransport extends Transport {
  /**
   * Makes calls fail as they do when the callee's process is not there, or lets them through again.
   */
  setAvailable(available: boolean): void;
  /**
   * The same transport for the process of that name, as its certificate would prove it over gRPC.
   */
  calledBy(name: string): Transport;
}

/**
 * Calls a router in the same process, as gRPC would: the same statuses, the same deadlines, and
 * copies of the messages, so that neither side can change what the other holds. `isServing` says
 * whether the callee is prepared.
 */
export function createInProcessTransport(
  router: Router,
  isServing: () => boolean,
): InProcessTransport {
  let available = true;
  const check = ({ explanation }: Pick<OutgoingCall, "explanation"> = {}) => {
    if (!available) throw new RpcError(status.UNAVAILABLE, "the callee is not running");
    explanation?.sent?.();
  };
  const transportOf = (peer: Peer | undefined): Transport => ({
    async unary(method, request, headers) {
      check(headers);
      const copy = clone(method.input, request);
      return clone(method.output, await router.unary(method, copy, { ...headers, peer }));
    },
    async *serverStream(method, request, headers) {
      check(headers);
      const copy = clone(method.input, request);
      yield* copies(method.output, router.serverStream(method, copy, { ...headers, peer }));
    },
    async clientStream(method, requests, headers) {
      check(headers);
      const source = new Source(method.input, requests);
      const signal = AbortSignal.any([headers.signal, source.signal]);
      const answered = router.clientStream(method, source.read(), { ...headers, peer, signal });
      const response = await answered.catch((thrown) => source.rethrow(thrown));
      source.check();
      return clone(method.output, response);
    },
    hangs: () => false,
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

/**
 * What a caller sends. If it cannot be read, that is the call's outcome, whatever the handler made
 * of it.
 */
class Source {
  readonly #schema: DescMessage;
  readonly #messages: AsyncIterable<Message>;
  readonly #broken = new AbortController();
  #failure: { readonly cause: unknown } | undefined;

  constructor(schema: DescMessage, messages: AsyncIterable<Message>) {
    this.#schema = schema;
    this.#messages = messages;
  }

  /** Fires when the next message cannot be had. */
  get signal(): AbortSignal {
    return this.#broken.signal;
  }

  /** Reads copies; the handler sees a caller that gave up when the next one cannot be had. */
  async *read(): AsyncIterable<Message> {
    try {
      yield* copies(this.#schema, this.#messages);
    } catch (cause) {
      this.#failure = { cause };
      this.#broken.abort(cancelled());
      throw cancelled();
    }
  }

  /** Throws what the source threw, if it did. */
  check(): void {
    if (this.#failure) throw this.#failure.cause;
  }

  /** Throws what the source threw, or else what the call did. */
  rethrow(thrown: unknown): never {
    this.check();
    throw thrown;
  }
}

async function* copies(
  schema: DescMessage,
  messages: AsyncIterable<Message>,
): AsyncIterable<Message> {
  for await (const message of messages) yield clone(schema, message);
}
