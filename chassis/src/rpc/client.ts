import {
  create,
  type DescMethod,
  type DescMethodClientStreaming,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  type DescService,
  type Message,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { status } from "@grpc/grpc-js";
import { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import { Breaker, type ObserveBreaker } from "./breaker.ts";
import type { CallContext } from "./call-context.ts";
import { methodName, policyOf } from "./method-policy.ts";
import { RpcError, statusName } from "./rpc-error.ts";
import type { CallHeaders, Transport } from "./transport.ts";

/** How one method is called: a message, and the context of the call that it is made for. */
export type ClientMethod<M> =
  M extends DescMethodUnary<infer I, infer O>
    ? (request: MessageInitShape<I>, context: CallContext) => Promise<MessageShape<O>>
    : M extends DescMethodServerStreaming<infer I, infer O>
      ? (request: MessageInitShape<I>, context: CallContext) => AsyncIterable<MessageShape<O>>
      : M extends DescMethodClientStreaming<infer I, infer O>
        ? (
            requests: AsyncIterable<MessageInitShape<I>>,
            context: CallContext,
          ) => Promise<MessageShape<O>>
        : never;

/** A client of a service: a function for each method. All of them throw {@link RpcError}s. */
export type Client<S extends DescService> = {
  readonly [M in keyof S["method"]]: ClientMethod<S["method"][M]>;
};

/** Told of every call that a client made. */
export type ObserveClientCall = (call: {
  readonly callee: string;
  readonly method: string;
  readonly code: string;
  readonly seconds: number;
}) => void;

/** What a client needs. */
export interface ClientOptions {
  /** The short name of the callee in metrics and messages: `users`. */
  readonly callee: string;
  readonly transport: Transport;
  readonly observeCall: ObserveClientCall;
  readonly observeBreaker: ObserveBreaker;
}

/**
 * Makes a client that obeys the policy of each method: its deadline is the smaller of the policy's timeout and what is
 * left of the caller's, and a breaker of its own stands before each method.
 */
export function createClient<S extends DescService>(service: S, options: ClientOptions): Client<S> {
  const methods = service.methods.map((method) => [method.localName, clientOf(method, options)]);
  return Object.fromEntries(methods) as Client<S>;
}

function clientOf(method: DescMethod, options: ClientOptions): unknown {
  const { callee, transport } = options;
  const name = methodName(method);
  const breaker = new Breaker(callee, name, options.observeBreaker);

  /** Runs one call behind the breaker, and counts it whatever becomes of it. */
  async function run<T>(call: () => Promise<T>): Promise<T> {
    const startMs = performance.now();
    let code = status.OK;
    try {
      return await breaker.run(call);
    } catch (thrown) {
      code = thrown instanceof RpcError ? thrown.code : status.UNKNOWN;
      throw thrown;
    } finally {
      const seconds = (performance.now() - startMs) / 1000;
      options.observeCall({ callee, method: name, code: statusName(code), seconds });
    }
  }

  if (method.methodKind === "unary") {
    return (request: Message, context: CallContext) =>
      run(() =>
        transport.unary(method, create(method.input, request), headersFor(method, context)),
      );
  }
  if (method.methodKind === "client_streaming") {
    return (requests: AsyncIterable<Message>, context: CallContext) =>
      run(() =>
        transport.clientStream(method, made(method, requests), headersFor(method, context)),
      );
  }
  if (method.methodKind === "server_streaming") {
    return async function* (request: Message, context: CallContext) {
      const headers = headersFor(method, context);
      const responses = transport.serverStream(method, create(method.input, request), headers);
      const iterator = responses[Symbol.asyncIterator]();
      try {
        // The first message decides for the breaker: how long the rest takes is up to the reader.
        let next = await run(() => iterator.next());
        while (!next.done) {
          yield next.value;
          next = await iterator.next();
        }
      } finally {
        await iterator.return?.();
      }
    };
  }
  throw new Error(`${name}: streams in both directions are not supported`);
}

async function* made(method: DescMethod, requests: AsyncIterable<Message>): AsyncIterable<Message> {
  for await (const request of requests) yield create(method.input, request);
}

function headersFor(method: DescMethod, context: CallContext): CallHeaders {
  const { caller } = context;
  return {
    requestId: context.requestId,
    authorization: caller.kind === "user" ? `Bearer ${caller.token}` : undefined,
    criticality: criticalityFor(method, context),
    deadline: Math.min(context.deadline, Date.now() + policyOf(method).timeoutMs),
    signal: context.signal,
  };
}

/**
 * A call that another one needs matters as much as that one, whether its own method matters more or less; what decorates an
 * answer stays sheddable, whomever the answer is for.
 */
function criticalityFor(method: DescMethod, context: CallContext): Criticality {
  const { criticality } = policyOf(method);
  if (criticality === Criticality.SHEDDABLE) return criticality;
  return context.criticality ?? criticality;
}
