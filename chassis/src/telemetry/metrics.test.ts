import { renderMetrics } from "#operations/render-metrics.ts";
import { createMetrics } from "./metrics.ts";

/** Returns the samples of one metric, without its buckets. */
async function samplesOf(name: string, ...apps: Parameters<typeof renderMetrics>[0][number][]) {
  const page = await renderMetrics(apps);
  return page.split("\n").filter((line) => line.startsWith(name) && !line.includes("_bucket"));
}

describe("metrics", () => {
  test("count calls by method and outcome, with buckets from 1 ms to 10 s", async () => {
    const metrics = createMetrics({ service: "images" });
    metrics.rpcServer.observe({ method: "S/Get", code: "OK" }, 0.0004);
    metrics.rpcClient.observe({ callee: "users", method: "S/Get" }, 20);
    metrics.rpcClientCalls.inc({ callee: "users", method: "S/Get", code: "UNAVAILABLE" });
    metrics.http.with({ method: "GET", route: "/v1/images/:id" }).observe(0.02);
    metrics.httpRequests.with({ method: "GET", route: "/v1/images/:id", status: 200 }).add();

    const page = await renderMetrics([metrics]);
    expect(page).toContain(
      'rpc_server_duration_seconds_bucket{le="0.001",method="S/Get",code="OK",service="images"} 1',
    );
    expect(page).toContain(
      'rpc_client_duration_seconds_bucket{le="10",callee="users",method="S/Get",service="images"} 0',
    );
    expect(page).toContain(
      'http_server_duration_seconds_count{method="GET",route="/v1/images/:id",service="images"} 1',
    );
    expect(page).toContain(
      'http_requests_total{method="GET",route="/v1/images/:id",status="200",service="images"} 1',
    );
    expect(page).toContain(
      'rpc_client_calls_total{callee="users",method="S/Get",code="UNAVAILABLE",service="images"} 1',
    );
  });

  test("have few series: a histogram has none for each outcome", async () => {
    const metrics = createMetrics({ service: "gateway" });
    const seriesOf = async () => {
      const page = await metrics.registry.metrics();
      return page.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
    };
    const before = await seriesOf();
    const latencies = metrics.http.with({ method: "GET", route: "/v1/images" });
    for (const status of [200, 304, 404, 429, 503]) {
      latencies.observe(0.02);
      metrics.httpRequests.with({ method: "GET", route: "/v1/images", status }).add();
    }
    // 9 buckets and the infinite one, a count and a sum; and one for each status
    expect((await seriesOf()) - before).toBe(12 + 5);
  });

  test("show a breaker's state, and count its changes but not its creation", async () => {
    const metrics = createMetrics({ service: "images" });
    for (const state of ["closed", "open", "half-open", "open"] as const) {
      metrics.observeBreaker({ callee: "users", method: "Get", state });
    }

    expect(await samplesOf("breaker", metrics)).toEqual([
      'breaker_state{callee="users",method="Get",service="images"} 2',
      'breaker_transitions_total{callee="users",method="Get",state="open",service="images"} 2',
      'breaker_transitions_total{callee="users",method="Get",state="half-open",service="images"} 1',
    ]);
  });

  test("read a pool at each scrape, until it is no longer watched", async () => {
    const metrics = createMetrics({ service: "images" });
    const statistics = { total: 5, idle: 2, waiting: 7, max: 10 };
    const stop = metrics.watchPool("primary", () => statistics);
    statistics.idle = 1;

    expect(await samplesOf("database_pool", metrics)).toEqual([
      'database_pool_connections{pool="primary",state="idle",service="images"} 1',
      'database_pool_connections{pool="primary",state="busy",service="images"} 4',
      'database_pool_connections_max{pool="primary",service="images"} 10',
      'database_pool_waiting{pool="primary",service="images"} 7',
    ]);
    stop();
    expect(await samplesOf("database_pool", metrics)).toEqual([]);
  });

  test("of several apps in one process stand on one page, each name once", async () => {
    const apps = ["users", "images"].map((service) => createMetrics({ service }));
    for (const { rpcServer } of apps) {
      rpcServer.observe({ method: "S/Get", code: "OK" }, 0.1);
    }
    const page = await renderMetrics(apps);
    const declared = page.match(/^# TYPE \S+/gm) ?? [];

    expect(new Set(declared).size).toBe(declared.length);
    expect(page).toMatch(/_count\{method="S\/Get",code="OK",service="users"\} 1/);
    expect(page).toMatch(/_count\{method="S\/Get",code="OK",service="images"\} 1/);
  });

  test("show the process and its event loop", async () => {
    const page = await renderMetrics([]);
    expect(page).toMatch(/^nodejs_eventloop_utilization_ratio [01]/m);
    expect(page).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(page).toMatch(/^process_resident_memory_bytes \d/m);
    expect(page).toMatch(/^process_start_time_seconds \d/m);
  });
});
