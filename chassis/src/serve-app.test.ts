import { X509Certificate } from "node:crypto";
import { createServer } from "node:net";
import { setImmediate } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { renderMetrics } from "#operations/render-metrics.ts";
import { createLogger } from "#telemetry/logger.ts";
import { createMetrics } from "#telemetry/metrics.ts";
import { EchoService } from "#testing/echo-service.ts";
import { echoRouter, echoTransport } from "#testing/echo-transports.ts";
import { eventually } from "#testing/eventually.ts";
import { quietClient } from "#testing/quiet-client.ts";
import { createTestAuthority } from "#testing/test-certificates.ts";
import { contextFor } from "#testing/test-context.ts";
import { openTestPeers } from "#testing/test-peers.ts";
import { serveApp } from "./serve-app.ts";
import type { ServiceApp } from "./service-app.ts";

const logger = createLogger({ service: "test", level: "silent" });
const HOUR_MS = 3_600_000;
const LIMITS = { maxConnectionAgeMs: 600_000 };
const DRAIN = { ...LIMITS, drainDelayMs: 0, drainTimeoutMs: 1 };

function appOf(
  prepare: ServiceApp["prepare"],
  closed: () => void,
  warmUp: ServiceApp["warmUp"] = async () => {},
): ServiceApp {
  const router = echoRouter({});
  const metrics = createMetrics({ service: "test" });
  const readOnly: ServiceApp["readOnly"] = {
    status: () => ({ readOnly: false, operator: false, primary: "writable" }),
    set: () => {},
  };
  return { name: "test", router, metrics, readOnly, prepare, warmUp, close: async () => closed() };
}

/** The line of a metrics page that says when a certificate begins or ends. */
function lineOf(time: "not_before" | "not_after", role: string, pem: string): string {
  const { validFromDate, validToDate } = new X509Certificate(pem);
  const date = time === "not_before" ? validFromDate : validToDate;
  const labels = `{role="${role}",service="test"}`;
  return `\ntls_certificate_${time}_timestamp_seconds${labels} ${date.getTime() / 1000}\n`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe("a served app", () => {
  test("answers health checks before its database is reachable, and is ready once it is warm", async () => {
    const [grpcPort, metricsPort] = await Promise.all([freePort(), freePort()]);
    const [prepared, warm] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const warming = Promise.withResolvers<void>();
    let closed = false;
    const app = appOf(
      () => prepared.promise,
      () => (closed = true),
      () => {
        warming.resolve();
        return warm.promise;
      },
    );
    const host = "127.0.0.1";
    const options = { grpcHost: host, grpcPort, metricsHost: host, metricsPort, ...DRAIN };
    const running = await serveApp(app, options, logger);
    const transport = echoTransport(`${host}:${grpcPort}`);
    const readiness = async () => (await fetch(`http://${host}:${metricsPort}/readyz`)).status;

    await expect(transport.health(5_000)).resolves.toBe("not-serving");
    await expect(readiness()).resolves.toBe(503);
    // Its handlers would fail as by a defect, without their tables.
    const say = () =>
      // Without the policy, with which the client would send the call again until its deadline.
      quietClient(EchoService, transport, "off").say({ value: "x" }, contextFor(undefined));
    await expect(say()).rejects.toMatchObject({ code: status.UNAVAILABLE });
    prepared.resolve();
    await warming.promise;
    await expect(transport.health(5_000)).resolves.toBe("not-serving");
    await expect(readiness()).resolves.toBe(503);
    warm.resolve();
    await warm.promise;
    await expect(transport.health(5_000)).resolves.toBe("serving");
    await expect(say()).resolves.toMatchObject({ value: "x" });
    await expect(readiness()).resolves.toBe(200);

    transport.close();
    await running.drain(AbortSignal.timeout(1_000));
    await expect(readiness()).resolves.toBe(503);
    await running.close();
    expect(closed).toBe(true);
    await expect(readiness()).rejects.toThrow();
  });

  test("answers for a while after the signal to end, although it is no longer ready", async () => {
    const [grpcPort, metricsPort] = await Promise.all([freePort(), freePort()]);
    const app = appOf(
      async () => {},
      () => {},
    );
    const host = "127.0.0.1";
    const options = { ...LIMITS, grpcHost: host, grpcPort, metricsHost: host, metricsPort };
    const drainDelayMs = 60_000; // the signal below ends it
    const running = await serveApp(app, { ...options, drainDelayMs, drainTimeoutMs: 1 }, logger);
    await setImmediate(); // prepared, and warm
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

  test("shows when its certificates expire, and follows a change of them", async () => {
    const [first, second] = [createTestAuthority(HOUR_MS), createTestAuthority(2 * HOUR_MS)];
    await using own = await openTestPeers("test", first);
    const app = appOf(
      async () => {},
      () => {},
    );
    const host = "127.0.0.1";
    const options = { grpcHost: host, grpcPort: 0, metricsHost: host, metricsPort: 0 };
    const running = await serveApp(app, { ...options, ...DRAIN, peers: own.peers }, logger);
    await using cleanUp = new AsyncDisposableStack();
    cleanUp.defer(() => running.close());
    const page = () => renderMetrics([app.metrics]);

    expect(await page()).toContain(lineOf("not_before", "ca", first.certificate));
    expect(await page()).toContain(lineOf("not_after", "ca", first.certificate));
    const next = second.signFor("test");
    await own.write(next, second.certificate);
    await eventually(async () =>
      (await page()).includes(lineOf("not_after", "own", next.certificate)),
    );
    expect(await page()).toContain(lineOf("not_after", "ca", second.certificate));
  });

  test("stops waiting for its database at the signal to end", async () => {
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
