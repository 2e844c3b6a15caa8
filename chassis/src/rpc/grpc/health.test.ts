import { Client, credentials } from "@grpc/grpc-js";
import { ANONYMOUS } from "#identity/caller.ts";
import { createRouter } from "#rpc/server/router.ts";
import { createLogger } from "#telemetry/logger.ts";
import { createMetrics } from "#telemetry/metrics.ts";
import { EchoService } from "#testing/echo-service.ts";
import { echoRouter } from "#testing/echo-transports.ts";
import { checkHealth } from "./check-health.ts";
import { createGrpcServer } from "./grpc-server.ts";

const NAME = EchoService.typeName;

describe("the health service", () => {
  test("reports of a service whether its database answers and takes writes, and of the process whether it is ready", async () => {
    let isAlive = true;
    let isReadOnly = false;
    const router = createRouter(echoRouter({}).implementations, {
      authenticate: async () => ANONYMOUS,
      logger: createLogger({ service: "test", level: "silent" }),
      metrics: createMetrics({ service: "test" }),
      failurePolicy: "on",
      probe: async () => {
        if (!isAlive) throw new Error("no database");
      },
      isReadOnly: () => isReadOnly,
    });
    const server = createGrpcServer(router, { host: "127.0.0.1", port: 0 });
    const client = new Client(`127.0.0.1:${await server.start()}`, credentials.createInsecure());
    const ask = async () => [
      await checkHealth(client, "", 5_000),
      await checkHealth(client, NAME, 5_000),
    ];
    try {
      await expect(ask()).resolves.toEqual(["not-serving", "not-serving"]);
      server.setServing(true);
      await expect(ask()).resolves.toEqual(["serving", "serving"]);
      isAlive = false;
      await expect(ask()).resolves.toEqual(["serving", "not-serving"]);
      isAlive = true;
      await expect(ask()).resolves.toEqual(["serving", "serving"]);
      isReadOnly = true;
      await expect(ask()).resolves.toEqual(["serving", "read-only"]);
    } finally {
      client.close();
      await server.drain(AbortSignal.timeout(100));
    }
  });
});
