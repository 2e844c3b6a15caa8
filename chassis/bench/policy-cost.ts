import { create } from "@bufbuild/protobuf";
import { StringValueSchema } from "@bufbuild/protobuf/wkt";
import { createClient } from "#rpc/client/client.ts";
import type { Transport } from "#rpc/transport.ts";
import { createLogger } from "#telemetry/logger.ts";
import { createMetrics } from "#telemetry/metrics.ts";
import { EchoService } from "#testing/echo-service.ts";
import { contextFor } from "#testing/test-context.ts";

const ROUNDS = 10;
const CALLS = 20_000;

const answer = create(StringValueSchema, { value: "" });
const refuse = () => {
  throw new Error("only unary calls are measured");
};
/** Answers at once: what is left is what the client does itself. */
const transport: Transport = {
  unary: async () => answer,
  serverStream: refuse,
  clientStream: refuse,
  hangs: () => false,
  health: async () => "serving",
  close: () => {},
};

const metrics = createMetrics({ service: "bench" });
const logger = createLogger({ service: "bench", level: "silent" });
const context = contextFor(undefined, { timeoutMs: 3_600_000 });
const { say } = EchoService.method;
const headers = { authorization: undefined, ...context };

function clientWith(failurePolicy: "on" | "off") {
  return createClient(EchoService, { callee: "bench", transport, metrics, logger, failurePolicy });
}
const on = clientWith("on");

const ARMS = {
  bare: () => transport.unary(say, create(StringValueSchema, { value: "" }), headers),
  retried: () => on.say({ value: "" }, context),
  hedged: () => on.ask({ value: "" }, context),
};

async function microseconds(call: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  for (let count = 0; count < CALLS; count++) await call();
  return ((performance.now() - startMs) * 1_000) / CALLS;
}

const best: Record<string, number> = {};
for (let round = 0; round < ROUNDS; round++) {
  // The arms take turns, so that a noisy moment hits all; the best round of each is the one that
  // was disturbed least.
  for (const [name, call] of Object.entries(ARMS)) {
    best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, await microseconds(call));
  }
}
const { bare = 0, retried = 0, hedged = 0 } = best;
process.stdout.write(
  `bare transport        ${bare.toFixed(1)} µs a call
breaker, bulkhead, deadline and metrics: + ${(retried - bare).toFixed(1)} µs
the same with a hedge: + ${(hedged - bare).toFixed(1)} µs (to reach: 30)
`,
);
process.exit(0);
