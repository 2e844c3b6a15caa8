import assert from "node:assert";
import { create, type DescMessage, type DescMethod, type Message } from "@bufbuild/protobuf";
import { status } from "@grpc/grpc-js";
import { createAdmission } from "#admission/admission.ts";
import { policyOf } from "#contract/method-policy.ts";
import { findFieldViolations } from "#contract/required-fields.ts";
import { RpcError } from "#contract/rpc-error.ts";
import type { CalleeHealth, IncomingCall } from "#rpc/transport.ts";
import { handlerOf, type Implementation } from "./handlers.ts";
import { type RouterOptions, ServerCall } from "./server-call.ts";

/**
 * The server's side of every call, whatever carried it: callers, identity, deadline, required
 * fields, handler, status, log. Its methods throw {@link RpcError}s only.
 */
export interface Router {
  /** What it routes to. */
  readonly implementations: readonly Implementation[];
  /** One message there, one back. */
  unary(method: DescMethod, request: Message, call: IncomingCall): Promise<Message>;
  /** One message there, many back. Leaving the loop early ends the handler's stream. */
  serverStream(method: DescMethod, request: Message, call: IncomingCall): AsyncIterable<Message>;
  /** Many messages there, one back. The handler may answer before it has read them all. */
  clientStream(
    method: DescMethod,
    requests: AsyncIterable<Message>,
    call: IncomingCall,
  ): Promise<Message>;
  /** What the service says of its health. Throws if it does not know in time. */
  health(timeoutMs: number): Promise<CalleeHealth>;
}

/** Joins implementations to a router. */
export function createRouter(
  implementations: readonly Implementation[],
  options: RouterOptions,
): Router {
  const admission = options.failurePolicy === "on" ? createAdmission(options.metrics) : undefined;
  const open = (method: DescMethod, headers: IncomingCall) =>
    new ServerCall(method, find(implementations, method), headers, { ...options, admission });

  return {
    implementations,

    async unary(method, request, headers) {
      using call = open(method, headers);
      try {
        const context = await call.context();
        validate(method, request);
        const handler = handlerOf(find(implementations, method), method);
        const response = await call.race(invoke(() => handler(request, context)));
        return answer(method.output, response);
      } catch (thrown) {
        throw call.fail(thrown);
      }
    },

    async *serverStream(method, request, headers) {
      using call = open(method, headers);
      try {
        const context = await call.context();
        validate(method, request);
        const handler = handlerOf(find(implementations, method), method);
        const responses = handler(request, context) as AsyncIterable<unknown>;
        for await (const response of raced(responses, call)) {
          yield answer(method.output, response);
        }
      } catch (thrown) {
        throw call.fail(thrown);
      }
    },

    async clientStream(method, requests, headers) {
      using call = open(method, headers);
      try {
        const context = await call.context();
        const handler = handlerOf(find(implementations, method), method);
        const response = await call.race(invoke(() => handler(raced(requests, call), context)));
        return answer(method.output, response);
      } catch (thrown) {
        throw call.fail(thrown);
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

function find(implementations: readonly Implementation[], method: DescMethod): Implementation {
  const found = implementations.find(({ service }) => service.typeName === method.parent.typeName);
  assert(found, `no implementation of ${method.parent.typeName}`);
  return found;
}

function validate(method: DescMethod, request: Message): void {
  const violations = findFieldViolations(method.input, request, policyOf(method).maxBatch);
  if (violations.length === 0) return;
  const message = violations.map((violation) => `${violation.field} ${violation.message}`);
  throw new RpcError(status.INVALID_ARGUMENT, message.join("; "), {
    reason: "INVALID_ARGUMENT",
    violations,
  });
}

async function invoke(handle: () => unknown): Promise<unknown> {
  return await handle();
}

function answer(schema: DescMessage, response: unknown): Message {
  return create(schema, response as Message);
}

/** Iterates, but not past the deadline; leaving early ends the source too. */
async function* raced<T>(source: AsyncIterable<T>, call: ServerCall): AsyncIterable<T> {
  const iterator = source[Symbol.asyncIterator]();
  let ended = false;
  try {
    while (true) {
      const next = await call.race(iterator.next());
      if (next.done) {
        ended = true;
        return;
      }
      yield next.value;
    }
  } finally {
    // Not awaited: a source that hangs in its next() would not let go before it settles.
    if (!ended) void iterator.return?.().catch(() => undefined);
  }
}
