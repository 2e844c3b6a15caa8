import { AggregatorRegistry, Registry } from "prom-client";
import type { Metrics } from "#telemetry/metrics.ts";
import { processMetrics } from "#telemetry/process-metrics.ts";

/** The `Content-Type` of what `renderMetrics` gives. */
export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** Renders the metrics of this process and of every app in it as one page for Prometheus. */
export async function renderMetrics(apps: readonly Metrics[]): Promise<string> {
  // Each name must stand once on a page. Nothing is summed here: the label `service` tells the apps
  // apart.
  const ofApps = await Promise.all(apps.map(({ registry }) => registry.getMetricsAsJSON()));
  const pages = [processMetrics(), AggregatorRegistry.aggregate(ofApps)];
  const texts = await Promise.all(pages.map((page) => page.metrics()));
  return texts.join("\n");
}
