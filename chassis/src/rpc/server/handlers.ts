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

/** The implementation of one method: a message in, a message out, whatever the transport. */
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

/** The implementation of a service: a handler for each method. A missing one does not compile. */
export type Handlers<S extends DescService> = {
  readonly [M in keyof S["method"]]: Handler<S["method"][M]>;
};

/** A service with its handlers, and the statuses of its reasons. */
export interface Implementation<S extends DescService = DescService> {
  readonly service: S;
  readonly handlers: Handlers<S>;
  /** The `domain` of `google.rpc.ErrorInfo`: `images.triptych`. */
  readonly errorDomain: string;
  /** The status of each reason that the service's `domain/` throws. */
  readonly reasonStatus: Readonly<Record<string, status>>;
}

/** A handler without its types. */
export type AnyHandler = (input: unknown, context: CallContext) => unknown;

/** Returns the handler of a method. Throws if there is none. */
export function handlerOf(implementation: Implementation, method: DescMethod): AnyHandler {
  const handlers = implementation.handlers as unknown as Record<string, AnyHandler>;
  const handler = handlers[method.localName];
  if (handler === undefined) throw new Error(`no handler for ${method.localName}`);
  return handler;
}
