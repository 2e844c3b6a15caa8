import assert from "node:assert";
import type {
  DescMethodClientStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { CallOptions } from "#rpc/cache/response-cache.ts";
import type { CallContext } from "#rpc/call-context.ts";
import { CalleeLiveness } from "./callee-liveness.ts";
import { type ClientOptions, MethodClient } from "./method-client.ts";
import { ExtraCallBudget } from "./second-try.ts";

/** The function of one method: it takes a message, and the context of the call that needs it. */
export type ClientMethod<M> =
  M extends DescMethodUnary<infer I, infer O>
    ? (
        request: MessageInitShape<I>,
        context: CallContext,
        options?: CallOptions,
      ) => Promise<MessageShape<O>>
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

/**
 * Creates a client that follows the policy of each method, in this order: fresh answers of the
 * cache, circuit breaker, bulkhead, deadline, hedge, and, if all fail, stale answers of the cache
 * where policy and caller allow them. The channel retries lost calls of methods without a hedge.
 */
export function createClient<S extends DescService>(service: S, options: ClientOptions): Client<S> {
  const { callee, transport, metrics } = options;
  const liveness = new CalleeLiveness(transport);
  const hedgeBudget = new ExtraCallBudget();
  metrics.client.watchBudget(callee, hedgeBudget);
  const methods = new Map<string, MethodClient>();
  const shared = {
    ...options,
    liveness,
    hedgeBudget,
    invalidate: (batch: string, keys?: readonly string[]) => methods.get(batch)?.invalidate(keys),
    joinedReads(batch: string) {
      const method = methods.get(batch);
      assert(method, `${service.typeName} has no ${batch}`);
      return method.joinedReads;
    },
  };
  for (const method of service.methods) {
    methods.set(method.localName, new MethodClient(method, shared));
  }
  const functions = [...methods].map(([name, method]) => [name, method.toFunction()] as const);
  return Object.fromEntries(functions) as Client<S>;
}
