import { status } from "@grpc/grpc-js";
import { createInProcessTransport } from "#rpc/in-process/in-process-transport.ts";
import { createLogger } from "#telemetry/logger.ts";
import { createMetrics } from "#telemetry/metrics.ts";
import { EchoService } from "#testing/echo-service.ts";
import { echoRouter } from "#testing/echo-transports.ts";
import { contextFor } from "#testing/test-context.ts";
import { createClient } from "./client.ts";

describe("calls that are not sent", () => {
  test("are counted by reason, apart from calls that were sent and failed", async () => {
    const transport = createInProcessTransport(echoRouter({}), () => true);
    const metrics = createMetrics({ service: "test" });
    const client = createClient(EchoService, {
      callee: "echo",
      transport,
      metrics,
      logger: createLogger({ service: "test", level: "silent" }),
      failurePolicy: "on",
    });
    const say = () => client.say({ value: "x" }, contextFor());
    const refused = async () =>
      (await metrics.client.refusedCalls.get()).values.map(({ labels, value }) => [
        labels.reason,
        value,
      ]);

    await say();
    transport.setAvailable(false);
    await expect(say()).rejects.toMatchObject({ code: status.UNAVAILABLE, reason: "" });
    expect(await refused()).toEqual([]);
    while ((await refused()).length === 0) await say().catch(() => undefined);
    await expect(say()).rejects.toMatchObject({ reason: "BREAKER_OPEN" });
    expect(await refused()).toEqual([["BREAKER_OPEN", 2]]);
  });
});
