import { setTimeout as delay } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { RpcError } from "#contract/rpc-error.ts";
import { REFUSED_UNREAD } from "#contract/verdict.ts";
import type { Router } from "./router.ts";
import type { ServedCall } from "./served-call.ts";

/**
 * How long a call waits for its service to be prepared. With its database there that takes some
 * hundred milliseconds, and a replica that starts again is sent calls as soon as it listens. Then
 * the call is refused unread, so that its caller sends it again, most likely to another replica.
 */
const WAIT_MS_MAX = 250;
/** A stream of requests cannot be sent again: it waits for longer. */
const STREAM_WAIT_MS_MAX = 1_000;

/** Part of the time of a call in which it may wait: the rest is for another replica, or a cache. */
const WAIT_SHARE = 0.5;

/** The options of a router that is prepared later. */
interface PreparedRouterOptions {
  /** Resolves once handlers may run. */
  readonly prepared: Promise<unknown>;
  /** Replaces how long any call waits, for tests. */
  readonly waitMsMax?: number;
}

/**
 * Returns the router as its callers reach it: until it is prepared calls wait, and are then refused
 * as if their process were not there yet. A handler that ran while its tables are being created
 * would fail as by a defect.
 */
export function createPreparedRouter(
  router: Router,
  { prepared, waitMsMax }: PreparedRouterOptions,
): Router {
  let isPrepared = false;
  const ready = prepared.then(() => {
    isPrepared = true;
  });

  /** Ends the call if it is refused, or its deadline passes. */
  async function wait(call: ServedCall, ownMsMax = WAIT_MS_MAX): Promise<void> {
    try {
      const waitMs = Math.min(waitMsMax ?? ownMsMax, (call.deadline - Date.now()) * WAIT_SHARE);
      await call.settle(Promise.race([ready, delay(waitMs, undefined, { ref: false })]));
      // Without a reason, since another replica may answer it.
      if (!isPrepared) throw new RpcError(status.UNAVAILABLE, REFUSED_UNREAD);
    } catch (thrown) {
      const error = call.fail(thrown);
      call.end();
      throw error;
    }
  }

  return {
    get implementations() {
      return router.implementations;
    },
    open: (method, incoming) => router.open(method, incoming),
    async unary(call, request) {
      if (!isPrepared) await wait(call);
      return await router.unary(call, request);
    },
    async *serverStream(call, request) {
      if (!isPrepared) await wait(call);
      yield* router.serverStream(call, request);
    },
    async clientStream(call, requests) {
      if (!isPrepared) await wait(call, STREAM_WAIT_MS_MAX);
      return await router.clientStream(call, requests);
    },
    async health(timeoutMs) {
      return isPrepared ? await router.health(timeoutMs) : "not-serving";
    },
  };
}
