import { createServer } from "node:net";
import { createLogger } from "#telemetry/logger.ts";
import { createMetrics } from "#telemetry/metrics.ts";
import { echoRouter, echoTransport } from "#testing/echo-transports.ts";
import { serveApp } from "./serve-app.ts";
import type { ServiceApp } from "./service-app.ts";

const logger = createLogger({ service: "test", level: "silent" });
const LIMITS = { maxConnectionAgeMs: 600_000 };
const DRAIN = { ...LIMITS, drainDelayMs: 0, drainTimeoutMs: 1 };

function appOf(prepare: ServiceApp["prepare"], closed: () => void): ServiceApp {
  const router = echoRouter({});
  const metrics = createMetrics({ service: "test" });
  const readOnly: ServiceApp["readOnly"] = {
    status: () => ({ readOnly: false, operator: false, primary: "writable" }),
    set: () => {},
  };
  return { name: "test", router, metrics, readOnly, prepare, close: async () => closed() };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe("a served app", () => {
  test("can be asked how it is before its database is there, and is ready once it is", async () => {
    const [grpcPort, metricsPort] = await Promise.all([freePort(), freePort()]);
    const prepared = Promise.withResolvers<void>();
    let closed = false;
    const app = appOf(
      () => prepared.promise,
      () => (closed = true),
    );
    const host = "127.0.0.1";
    const options = { grpcHost: host, grpcPort, metricsHost: host, metricsPort, ...DRAIN };
    const running = await serveApp(app, options, logger);
    const transport = echoTransport(`${host}:${grpcPort}`);
    const readiness = async () => (await fetch(`http://${host}:${metricsPort}/readyz`)).status;

    await expect(transport.health(5_000)).resolves.toBe("not-serving");
    await expect(readiness()).resolves.toBe(503);
    prepared.resolve();
    await prepared.promise;
    await expect(transport.health(5_000)).resolves.toBe("serving");
    await expect(readiness()).resolves.toBe(200);

    transport.close();
    await running.drain(AbortSignal.timeout(1_000));
    await expect(readiness()).resolves.toBe(503);
    await running.close();
    expect(closed).toBe(true);
    await expect(readiness()).rejects.toThrow();
  });

  test("answers for a while after it was told to end, although it is not ready any more", async () => {
    const [grpcPort, metricsPort] = await Promise.all([freePort(), freePort()]);
    const app = appOf(
      async () => {},
      () => {},
    );
    const host = "127.0.0.1";
    const options = { ...LIMITS, grpcHost: host, grpcPort, metricsHost: host, metricsPort };
    const drainDelayMs = 60_000; // the signal below ends it
    const running = await serveApp(app, { ...options, drainDelayMs, drainTimeoutMs: 1 }, logger);
    await Promise.resolve(); // prepared
    const over = new AbortController();
    const drained = running.drain(over.signal);
    const transport = echoTransport(`${host}:${grpcPort}`);
    await expect(transport.health(5_000)).resolves.toBe("not-serving");
    expect((await fetch(`http://${host}:${metricsPort}/readyz`)).status).toBe(503);
    transport.close();
    over.abort();
    await drained;
    await running.close();
  });

  test("gives up waiting for its database when it is told to end", async () => {
    const given = Promise.withResolvers<AbortSignal>();
    const app = appOf(
      async (signal) => given.resolve(signal),
      () => {},
    );
    const host = "127.0.0.1";
    const options = { grpcHost: host, grpcPort: 0, metricsHost: host, metricsPort: 0 };
    const running = await serveApp(app, { ...options, ...DRAIN }, logger);
    const signal = await given.promise;
    await running.drain(AbortSignal.timeout(1_000));
    expect(signal.aborted).toBe(true);
    await running.close();
  });
});
