import { status } from "@grpc/grpc-js";
import { RpcError } from "#contract/rpc-error.ts";
import type { Router } from "./router.ts";
import type { ServedCall } from "./served-call.ts";

/**
 * Returns the router as its callers reach it: until `isPrepared` it refuses every call, as if its
 * process were not there yet. A handler that ran while its tables are being created would fail as
 * by a defect.
 */
export function createPreparedRouter(router: Router, isPrepared: () => boolean): Router {
  return {
    get implementations() {
      return router.implementations;
    },
    open: (method, incoming) => router.open(method, incoming),
    async unary(call, request) {
      if (!isPrepared()) throw refuse(call);
      return await router.unary(call, request);
    },
    async *serverStream(call, request) {
      if (!isPrepared()) throw refuse(call);
      yield* router.serverStream(call, request);
    },
    async clientStream(call, requests) {
      if (!isPrepared()) throw refuse(call);
      return await router.clientStream(call, requests);
    },
    async health(timeoutMs) {
      return isPrepared() ? await router.health(timeoutMs) : "not-serving";
    },
  };
}

/** Ends the call. Without a reason, since another replica may answer it. */
function refuse(call: ServedCall): RpcError {
  const error = call.fail(new RpcError(status.UNAVAILABLE, "the service is not prepared yet"));
  call.end();
  return error;
}
