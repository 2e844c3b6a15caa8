import type { DescService } from "@bufbuild/protobuf";
import { type Client, createClient } from "#rpc/client/client.ts";
import type { Transport } from "#rpc/transport.ts";
import { createLogger } from "#telemetry/logger.ts";
import { createMetrics } from "#telemetry/metrics.ts";

/** Returns a client as every app has it, with unused metrics and a silent log. */
export function quietClient<S extends DescService>(
  service: S,
  transport: Transport,
  failurePolicy: "on" | "off" = "on",
): Client<S> {
  return createClient(service, {
    callee: "test",
    transport,
    metrics: createMetrics({ service: "test" }),
    logger: createLogger({ service: "test", level: "silent" }),
    failurePolicy,
  });
}
