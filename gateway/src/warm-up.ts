import { newId } from "@triptych/chassis/ids/new-id";
import { runWithTimeout } from "@triptych/chassis/lifecycle/run-with-timeout";
import type { Transport } from "@triptych/chassis/rpc/transport";
import { createLogger } from "@triptych/chassis/telemetry/logger";
import { createMetrics } from "@triptych/chassis/telemetry/metrics";
import { createGateway } from "./app.ts";
import type { Transports } from "./clients/clients.ts";
import type { Configuration } from "./config.ts";

/** Each request is made so many times, enough for V8 to compile what it runs. */
const ROUNDS = 40;
const REQUESTS_AT_ONCE = 4;
/** A service that does not answer says nothing about this process, and must not keep it waiting. */
const CALLEE_MS_MAX = 500;
/** Readiness waits no longer: on a machine without time to spare a cold process is better. */
const WARM_UP_MS_MAX = 2_000;

/**
 * Warms a gateway up before it listens: connects to the services, and has the code compiled by
 * reads that another gateway over the same connections is asked for. That one has a log, metrics,
 * limits and breakers of its own, which end with it. It never fails, and without one of the
 * services it is over at once: readiness is about this process only.
 */
export async function warmUp(configuration: Configuration, transports: Transports): Promise<void> {
  await runWithTimeout(async (signal) => {
    const callees: readonly Transport[] = Object.values(transports);
    const asked = callees.map((callee) => callee.health(CALLEE_MS_MAX));
    const answers = await Promise.allSettled(asked);
    if (answers.some(({ status }) => status === "rejected")) return;
    const gateway = await createGateway(
      { ...configuration, rateLimitAddressPerMinute: Number.MAX_SAFE_INTEGER },
      {
        transports,
        logger: createLogger({ service: "warm-up", level: "silent" }),
        metrics: createMetrics({ service: "warm-up" }),
      },
    );
    const urls = ["/v1/images?pageSize=1", "/v1/users?query=warm-up", `/v1/images/${newId()}`];
    const due = Array.from({ length: ROUNDS }, () => urls).flat();
    const askInTurn = async () => {
      for (let url = due.pop(); url !== undefined && !signal.aborted; url = due.pop()) {
        await gateway.server.inject({ method: "GET", url }); // a refusal runs the same code
      }
    };
    await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, askInTurn));
    await gateway.close();
  }, WARM_UP_MS_MAX);
}
