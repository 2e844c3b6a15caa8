import { once } from "node:events";
import { connect } from "node:net";
import type { ReadOnlySwitch } from "#database/read-only-mode.ts";
import { createMetrics } from "#telemetry/metrics.ts";
import { type OperationsServer, startOperationsServer } from "./operations-server.ts";

let isReady = true;
let broken = false;
let server: OperationsServer;
const metrics = createMetrics({ service: "images" });

beforeAll(async () => {
  metrics.watchPool("primary", () => {
    if (broken) throw new Error("secret detail");
    return { total: 1, idle: 1, waiting: 0, max: 1 };
  });
  server = await startOperationsServer({
    host: "127.0.0.1",
    port: 0,
    metrics: [metrics],
    isReady: () => isReady,
    readOnly,
  });
});
afterAll(() => server.close());

const ask = (path: string, method = "GET") =>
  fetch(`http://127.0.0.1:${server.port}${path}`, { method });

let refusing = false;
const readOnly: ReadOnlySwitch = {
  status: () => ({ readOnly: refusing, operator: refusing, primary: "writable" }),
  set: (on) => {
    refusing = on;
  },
};

describe("the operations server", () => {
  test("serves the metrics in Prometheus' format", async () => {
    const response = await ask("/metrics");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("version=0.0.4");
    expect(await response.text()).toContain('service="images"');
  });

  test.each([
    ["ask nothing", ""],
    ["send half of a request", "GET /healthz HTTP/1.1\r\nhost:"],
  ])("answers probes while others hold connections and %s", async (_what, text) => {
    const idle = Array.from({ length: 200 }, () => connect(server.port, "127.0.0.1").pause());
    for (const socket of idle) socket.on("error", () => {});
    await Promise.all(idle.map((socket) => once(socket, "connect")));
    for (const socket of idle) if (text !== "") socket.write(text);
    const fresh = await fetch(`http://127.0.0.1:${server.port}/healthz`, {
      headers: { connection: "close" },
    });
    expect(fresh.status).toBe(200);
    for (const socket of idle) socket.destroy();
  });

  test("answers that the process is alive", async () => {
    expect((await ask("/healthz?verbose=1")).status).toBe(200);
  });

  test("answers whether the process is ready", async () => {
    expect((await ask("/readyz")).status).toBe(200);
    isReady = false;
    const response = await ask("/readyz");
    expect([response.status, await response.text()]).toEqual([503, "not ready\n"]);
  });

  test("switches to read-only and back, and answers with the state", async () => {
    const on = { readOnly: true, operator: true, primary: "writable" };
    const off = { ...on, readOnly: false, operator: false };
    expect(await (await ask("/read-only", "PUT")).json()).toEqual(on);
    const response = await ask("/read-only");
    expect(response.headers.get("content-type")).toContain("application/json");
    expect(await response.json()).toEqual(on);
    expect(await (await ask("/read-only", "DELETE")).json()).toEqual(off);
  });

  test("changes nothing on a POST, which a web page may send", async () => {
    const response = await ask("/read-only", "POST");
    expect([response.status, response.headers.get("allow")]).toEqual([
      405,
      "GET, HEAD, PUT, DELETE",
    ]);
    expect(refusing).toBe(false);
  });

  test("has no switch for a process without a database", async () => {
    const gateway = await startOperationsServer({
      host: "127.0.0.1",
      port: 0,
      metrics: [],
      isReady: () => true,
    });
    const response = await fetch(`http://127.0.0.1:${gateway.port}/read-only`, { method: "PUT" });
    expect(response.status).toBe(404);
    await gateway.close();
  });

  test("answers 404 for any other path", async () => {
    expect((await ask("/")).status).toBe(404);
    expect((await ask("//healthz")).status).toBe(404);
    const response = await ask("/healthz", "POST");
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });

  test("answers 500 without details if a metric can't be read", async () => {
    broken = true;
    const another = await startOperationsServer({
      host: "127.0.0.1",
      port: 0,
      metrics: [metrics],
      isReady: () => true,
    });
    const response = await fetch(`http://127.0.0.1:${another.port}/metrics`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
    await another.close();
  });

  test("fails with EADDRINUSE if the port is taken", async () => {
    const { port } = server;
    const second = startOperationsServer({
      host: "127.0.0.1",
      port,
      metrics: [],
      isReady: () => true,
    });
    await expect(second).rejects.toMatchObject({ code: "EADDRINUSE", port });
  });
});
