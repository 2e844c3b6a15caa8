import { createMetrics } from "#telemetry/metrics.ts";
import { createMetricsPage } from "./render-metrics.ts";

describe("the page of metrics", () => {
  let nowMs: number;
  let rendered: number;
  let broken: boolean;
  let page: () => Promise<string>;

  beforeEach(() => {
    nowMs = 5_000;
    rendered = 0;
    broken = false;
    const metrics = createMetrics({ service: "test" });
    metrics.watchPool("primary", () => {
      if (broken) throw new Error("broken");
      return { total: 1, idle: 1, waiting: 0, max: 1 };
    });
    const { registry } = metrics;
    const getMetricsAsJSON = registry.getMetricsAsJSON.bind(registry);
    registry.getMetricsAsJSON = () => {
      rendered += 1;
      return getMetricsAsJSON();
    };
    page = createMetricsPage([metrics], () => nowMs);
  });

  test("is rendered once for all who ask at the same time", async () => {
    const pages = await Promise.all(Array.from({ length: 100 }, () => page()));
    expect(rendered).toBe(1);
    expect(new Set(pages).size).toBe(1);
  });

  test("is rendered once within a second of the last one, and then again", async () => {
    await page();
    nowMs += 999;
    await page();
    expect(rendered).toBe(1);
    nowMs += 1;
    await page();
    expect(rendered).toBe(2);
  });

  test("is rendered again a second after it could not be", async () => {
    broken = true;
    await expect(page()).rejects.toThrow("broken");
    broken = false;
    nowMs += 1_000;
    expect(await page()).toContain("database_pool_connections");
  });
});
