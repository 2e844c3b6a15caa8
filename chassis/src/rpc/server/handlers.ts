import type {
  DescMethod,
  DescMethodClientStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import type { status } from "@grpc/grpc-js";
import type { CallContext } from "#rpc/call-context.ts";

/** What implements one method: a message in, a message out. Knows nothing of the transport. */
export type Handler<M> =
  M extends DescMethodUnary<infer I, infer O>
    ? (request: MessageShape<I>, context: CallContext) => Promise<MessageInitShape<O>>
    : M extends DescMethodServerStreaming<infer I, infer O>
      ? (request: MessageShape<I>, context: CallContext) => AsyncIterable<MessageInitShape<O>>
      : M extends DescMethodClientStreaming<infer I, infer O>
        ? (
            requests: AsyncIterable<MessageShape<I>>,
            context: CallContext,
          ) => Promise<MessageInitShape<O>>
        : never;

/** What implements a service: a handler for each method. A forgotten one does not compile. */
export type Handlers<S extends DescService> = {
  readonly [M in keyof S["method"]]: Handler<S["method"][M]>;
};

/** A service with its handlers, and how its reasons become statuses. */
export interface Implementation<S extends DescService = DescService> {
  readonly service: S;
  readonly handlers: Handlers<S>;
  /** The domain of its reasons in `google.rpc.ErrorInfo`: `images.triptych`. */
  readonly errorDomain: string;
  /** The status of every reason that its domain throws. */
  readonly reasonStatus: Readonly<Record<string, status>>;
}

/** Any handler, once the types have done their work. */
export type AnyHandler = (input: unknown, context: CallContext) => unknown;

/** Finds the handler of a method. */
export function handlerOf(implementation: Implementation, method: DescMethod): AnyHandler {
  const handlers = implementation.handlers as unknown as Record<string, AnyHandler>;
  const handler = handlers[method.localName];
  if (handler === undefined) throw new Error(`no handler for ${method.localName}`);
  return handler;
}
