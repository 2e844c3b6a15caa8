import { AggregatorRegistry, Registry } from "prom-client";
import type { Metrics } from "#telemetry/metrics.ts";
import { processMetrics } from "#telemetry/process-metrics.ts";

/** The `Content-Type` of {@link renderMetrics}. */
export const METRICS_CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** One page is returned to all who ask within this time. A gateway under load takes 65 to 95 ms. */
const FRESH_MS = 1_000;

/**
 * Creates a function that renders the metrics of apps at most once a second, whoever asks: many
 * scrapers at once must not keep the event loop from its work.
 */
export function createMetricsPage(
  apps: readonly Metrics[],
  now: () => number = () => performance.now(),
): () => Promise<string> {
  let page: Promise<string> | undefined;
  let untilMs = 0;

  return function metricsPage() {
    if (page !== undefined && now() < untilMs) return page;
    untilMs = Number.POSITIVE_INFINITY;
    page = renderMetrics(apps).finally(() => {
      untilMs = now() + FRESH_MS;
    });
    return page;
  };
}

/** Renders the metrics of this process and of every app in it as one page for Prometheus. */
export async function renderMetrics(apps: readonly Metrics[]): Promise<string> {
  // A page may have each name once. This sums nothing, since the label `service` differs.
  const ofApps = await Promise.all(apps.map(({ registry }) => registry.getMetricsAsJSON()));
  const pages = [processMetrics(), AggregatorRegistry.aggregate(ofApps)];
  const texts = await Promise.all(pages.map((page) => page.metrics()));
  return texts.join("\n");
}
