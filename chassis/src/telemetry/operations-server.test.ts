import { createMetrics } from "./metrics.ts";
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
  });
});
afterAll(() => server.close());

const ask = (path: string, method = "GET") =>
  fetch(`http://127.0.0.1:${server.port}${path}`, { method });

describe("the operations server", () => {
  it("shows the metrics in Prometheus' format", async () => {
    const response = await ask("/metrics");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("version=0.0.4");
    expect(await response.text()).toContain('service="images"');
  });

  it("says that the process is alive", async () => {
    expect((await ask("/healthz?verbose=1")).status).toBe(200);
  });

  it("says whether the process is ready", async () => {
    expect((await ask("/readyz")).status).toBe(200);
    isReady = false;
    const response = await ask("/readyz");
    expect([response.status, await response.text()]).toEqual([503, "not ready\n"]);
  });

  it("has nothing else", async () => {
    expect((await ask("/")).status).toBe(404);
    expect((await ask("//healthz")).status).toBe(404);
    const response = await ask("/healthz", "POST");
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });

  it("answers 500 without a detail if a metric can't be read", async () => {
    broken = true;
    const response = await ask("/metrics");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
  });

  it("fails with EADDRINUSE if the port is taken", async () => {
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
