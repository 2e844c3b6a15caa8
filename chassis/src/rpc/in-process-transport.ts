import { clone, type DescMessage, type Message } from "@bufbuild/protobuf";
import { status } from "@grpc/grpc-js";
import type { Router } from "./router.ts";
import { RpcError } from "./rpc-error.ts";
import type { Transport } from "./transport.ts";

/** A transport within the process, and the switch that takes its callee away. */
export interface InProcessTransport extends Transport {
  /** Makes calls fail as they do when the callee's process is not there, or lets them through again. */
  setAvailable(available: boolean): void;
}

/**
 * Calls a router in the same process, as gRPC would: the same statuses, the same deadlines, and copies of the
 * messages, so that neither side can change what the other holds. `isServing` answers health checks.
 */
export function createInProcessTransport(
  router: Router,
  isServing: () => boolean,
): InProcessTransport {
  let available = true;
  const check = () => {
    if (!available) throw new RpcError(status.UNAVAILABLE, "the callee is not running");
  };
  return {
    async unary(method, request, headers) {
      check();
      return clone(
        method.output,
        await router.unary(method, clone(method.input, request), headers),
      );
    },
    async *serverStream(method, request, headers) {
      check();
      yield* copies(
        method.output,
        router.serverStream(method, clone(method.input, request), headers),
      );
    },
    async clientStream(method, requests, headers) {
      check();
      const response = await router.clientStream(method, copies(method.input, requests), headers);
      return clone(method.output, response);
    },
    async health() {
      check();
      return isServing() ? "serving" : "not-serving";
    },
    setAvailable(next) {
      available = next;
    },
    close() {
      available = false;
    },
  };
}

async function* copies(
  schema: DescMessage,
  messages: AsyncIterable<Message>,
): AsyncIterable<Message> {
  for await (const message of messages) yield clone(schema, message);
}
