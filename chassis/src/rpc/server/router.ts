import assert from "node:assert";
import { create, type DescMethod, type Message } from "@bufbuild/protobuf";
import { status } from "@grpc/grpc-js";
import { refusal } from "#contract/rpc-error.ts";
import type { CalleeHealth, IncomingCall } from "#rpc/transport.ts";
import { CallerPatience } from "./caller-patience.ts";
import type { Implementation } from "./handlers.ts";
import type { RouterOptions } from "./router-options.ts";
import { ServedCall } from "./served-call.ts";
import { createServedMethods } from "./served-method.ts";

/**
 * The server's side of every call, whatever the transport: allowed callers, identity, deadline,
 * required fields, handler, status, log. A transport opens a call, cancels it if the caller gives
 * up, and has it answered once. The answer rejects with an {@link RpcError}.
 */
export interface Router {
  /** The services that it serves. */
  readonly implementations: readonly Implementation[];
  /** Begins a call, and its deadline. It must be answered. */
  open(method: DescMethod, incoming: IncomingCall): ServedCall;
  unary(call: ServedCall, request: Message): Promise<Message>;
  serverStream(call: ServedCall, request: Message): AsyncIterable<Message>;
  clientStream(call: ServedCall, requests: AsyncIterable<Message>): Promise<Message>;
  /**
   * Whether the service can do its work: whether its database answers in time, and takes writes.
   */
  health(timeoutMs: number): Promise<CalleeHealth>;
}

/** Creates the router of some services. */
export function createRouter(
  implementations: readonly Implementation[],
  options: RouterOptions,
): Router {
  const methods = createServedMethods(implementations, options);

  return {
    implementations,

    open(method, incoming) {
      const served = methods.get(method);
      assert(served, `no implementation of ${method.parent.typeName}/${method.name}`);
      return new ServedCall(served, incoming);
    },

    async unary(call, request) {
      try {
        await call.enter();
        checkFields(call, request);
        return toMessage(call, await call.settle(answerOf(call, request)));
      } catch (thrown) {
        throw call.fail(thrown);
      } finally {
        call.end();
      }
    },

    async *serverStream(call, request) {
      try {
        await call.enter();
        checkFields(call, request);
        const responses = call.method.handler(request, call) as AsyncIterable<unknown>;
        using patience = new CallerPatience(call);
        for await (const response of untilEnded(responses, call)) {
          patience.begin(); // until the caller reads on
          yield toMessage(call, response);
          patience.end();
        }
      } catch (thrown) {
        throw call.fail(thrown);
      } finally {
        call.end();
      }
    },

    async clientStream(call, requests) {
      try {
        await call.enter();
        using patience = new CallerPatience(call);
        const patient = patience.with(untilEnded(requests, call));
        return toMessage(call, await call.settle(answerOf(call, patient)));
      } catch (thrown) {
        throw call.fail(thrown);
      } finally {
        call.end();
      }
    },

    async health(timeoutMs) {
      const answered = options.probe?.(timeoutMs).then(
        () => true,
        () => false,
      );
      if ((await answered) === false) return "not-serving";
      return options.isReadOnly?.() ? "read-only" : "serving";
    },
  };
}

/** Throws INVALID_ARGUMENT, with every bad field, if the contract's required fields are not met. */
function checkFields({ method: { plan } }: ServedCall, request: Message): void {
  const violations = plan.violationsOf(request);
  if (violations.length === 0) return;
  const message = violations.map((violation) => `${violation.field} ${violation.message}`);
  throw refusal(status.INVALID_ARGUMENT, message.join("; "), {
    reason: "INVALID_ARGUMENT",
    violations,
  });
}

function answerOf(call: ServedCall, input: unknown): Promise<unknown> {
  return call.method.handler(input, call) as Promise<unknown>;
}

/** Returns the message for a handler's answer: a new one, or the handler's own if it made one. */
function toMessage({ method: { plan } }: ServedCall, response: unknown): Message {
  return create(plan.method.output, response as Message);
}

/** Iterates until the call ends. Ends the source too if the loop is left early. */
async function* untilEnded<T>(source: AsyncIterable<T>, call: ServedCall): AsyncIterable<T> {
  const iterator = source[Symbol.asyncIterator]();
  let ended = false;
  try {
    while (true) {
      const next = await call.settle(iterator.next());
      if (next.done) {
        ended = true;
        return;
      }
      yield next.value;
    }
  } finally {
    // Not awaited: a source that hangs in next() runs its return() only afterwards.
    if (!ended) void iterator.return?.().catch(() => undefined);
  }
}
