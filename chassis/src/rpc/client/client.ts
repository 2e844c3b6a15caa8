import type {
  DescMethodClientStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { FailurePolicySwitch } from "#contract/method-policy.ts";
import type { CallContext } from "#rpc/call-context.ts";
import type { Transport } from "#rpc/transport.ts";
import type { Logger } from "#telemetry/logger.ts";
import type { Metrics } from "#telemetry/metrics.ts";
import type { ObserveBreaker } from "./breaker.ts";
import { ExtraCallBudget } from "./extra-call-budget.ts";
import { createHealthProbe } from "./health-probe.ts";
import { MethodClient } from "./method-client.ts";

/** Old answers that were given, since the callee could not be asked. */
export interface Stale {
  /** How old the oldest is: when it was asked for. Undefined if nothing old was used, and something is missing. */
  readonly asOf: Date | undefined;
  /** The keys of which nothing is known. */
  readonly missing: readonly string[];
}

/** What a caller of a batch can live with. */
export interface CallOptions {
  /**
   * Takes old answers, as old as the method's `stale_if_error` allows, when the callee fails, and is told of them. Without it a failure
   * is thrown: nobody is given old data unawares.
   */
  readonly onStale?: (stale: Stale) => void;
}

/** How one method is called: a message, and the context of the call that it is made for. */
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
} & {
  /** Lets no answer of a method that was asked for before now pass for fresh: of these keys, or of all. */
  readonly outdate: (method: keyof S["method"] & string, keys?: readonly string[]) => void;
};

/** What a client needs. */
export interface ClientOptions {
  /** The short name of the callee in metrics and messages: `users`. */
  readonly callee: string;
  readonly transport: Transport;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly failurePolicy: FailurePolicySwitch;
  /** Told of each breaker's state, besides the metrics and the log. */
  readonly observeBreaker?: ObserveBreaker;
}

/**
 * Makes a client that obeys the policy of each method, in this order: fresh answers from memory, bulkhead, breaker, deadline, hedge, and when
 * all fails old answers, where policy and caller allow them. Lost calls of methods without a hedge are tried again below, by the transport.
 */
export function createClient<S extends DescService>(service: S, options: ClientOptions): Client<S> {
  const { callee, transport, metrics } = options;
  const isServing = createHealthProbe(transport);
  const hedgeBudget = new ExtraCallBudget();
  metrics.client.watchBudget(callee, hedgeBudget);
  const methods = new Map(
    service.methods.map((method) => [
      method.localName,
      new MethodClient(method, { ...options, isServing, hedgeBudget }),
    ]),
  );
  const functions = [...methods].map(([name, method]) => [name, method.toFunction()] as const);
  return {
    ...Object.fromEntries(functions),
    outdate: (name: string, keys?: readonly string[]) => methods.get(name)?.outdate(keys),
  } as Client<S>;
}
