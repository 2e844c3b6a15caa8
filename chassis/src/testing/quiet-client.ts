import type { DescService } from "@bufbuild/protobuf";
import { type Client, createClient } from "#rpc/client/client.ts";
import type { Transport } from "#rpc/transport.ts";
import { createLogger } from "#telemetry/logger.ts";
import { createMetrics } from "#telemetry/metrics.ts";

/** Makes a client as every app has it, whose metrics and log nobody reads. */
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
