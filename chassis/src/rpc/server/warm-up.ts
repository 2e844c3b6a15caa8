import type { DescMethodUnary, Message } from "@bufbuild/protobuf";
import { runWithTimeout } from "#lifecycle/run-with-timeout.ts";
import type { Transport } from "#rpc/transport.ts";
import { createLogger } from "#telemetry/logger.ts";
import { createMetrics } from "#telemetry/metrics.ts";
import type { Implementation } from "./handlers.ts";
import { createRouter } from "./router.ts";
import type { RouterOptions } from "./router-options.ts";

/** A call that a process makes to itself. It must have no effect, and must call nobody else. */
export interface WarmUpCall {
  readonly method: DescMethodUnary;
  readonly message: Message;
}

/** What a service warms up. */
export interface WarmUpOptions {
  readonly implementation: Implementation;
  /** Those of the service's own router. Its log and metrics do not receive these calls. */
  readonly routerOptions: RouterOptions;
  readonly calls: readonly WarmUpCall[];
  /** To the services that it calls. */
  readonly callees: readonly Transport[];
}

/** Each call is made so many times, enough for V8 to compile what it runs. */
const ROUNDS = 60;
/** As many connections of the pool are open afterwards. */
const CALLS_AT_ONCE = 8;
/** Readiness waits no longer: on a machine without time to spare a cold process is better. */
const WARM_UP_MS_MAX = 2_000;
/** A callee that does not answer says nothing about this process, and must not keep it waiting. */
const CALLEE_MS_MAX = 500;

/**
 * Returns a function that warms a process up before it is ready: calls to itself have its code
 * compiled and its connections opened, so that the first calls of others are not slow ones. It
 * never fails. Whether a call succeeds does not matter, and a service that this one calls is
 * connected if it is there: readiness is about this process only.
 */
export function createWarmUp(options: WarmUpOptions): (signal: AbortSignal) => Promise<void> {
  const { implementation, routerOptions, calls, callees } = options;
  return async function warmUp(signal) {
    const router = createRouter([implementation], {
      ...routerOptions,
      logger: createLogger({ service: "warm-up", level: "silent" }),
      metrics: createMetrics({ service: "warm-up" }),
    });
    const deadline = Date.now() + WARM_UP_MS_MAX;
    const due = Array.from({ length: ROUNDS }, () => calls).flat();
    const callInTurn = async () => {
      for (let next = due.pop(); next !== undefined; next = due.pop()) {
        if (signal.aborted || Date.now() >= deadline) return;
        const call = { requestId: "warm-up", authorization: undefined, deadline };
        const answer = router.unary(router.open(next.method, call), next.message);
        await answer.catch(() => undefined); // a refusal runs the same code
      }
    };
    await runWithTimeout(async () => {
      const connecting = callees.map((callee) => callee.health(CALLEE_MS_MAX));
      const calling = Array.from({ length: CALLS_AT_ONCE }, callInTurn);
      await Promise.allSettled([...connecting, ...calling]);
    }, WARM_UP_MS_MAX);
  };
}
