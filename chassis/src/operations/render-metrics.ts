import { AggregatorRegistry, Registry } from "prom-client";
import type { Metrics } from "#telemetry/metrics.ts";
import { processMetrics } from "#telemetry/process-metrics.ts";

/** The `Content-Type` of {@link renderMetrics}. */
export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** Renders the metrics of this process and of every app in it as one page for Prometheus. */
export async function renderMetrics(apps: readonly Metrics[]): Promise<string> {
  // A page may have each name once. This sums nothing, since the label `service` differs.
  const ofApps = await Promise.all(apps.map(({ registry }) => registry.getMetricsAsJSON()));
  const pages = [processMetrics(), AggregatorRegistry.aggregate(ofApps)];
  const texts = await Promise.all(pages.map((page) => page.metrics()));
  return texts.join("\n");
}
