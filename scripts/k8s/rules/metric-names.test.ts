import type { IPrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import { broken, renderProduction } from "#k8s/broken.fixture.ts";
import type { Rendering } from "#k8s/manifest.ts";
import { findMetricFaults, loadMetricNames, metricsIn } from "#k8s/rules/metric-names.ts";

let production: Rendering;
let known: ReadonlySet<string>;
beforeAll(async () => {
  [production, known] = await Promise.all([renderProduction(), loadMetricNames()]);
});

describe("the metrics that alerts and panels ask for", () => {
  test("are those of the processes", () => {
    expect(known).toContain("rpc_server_duration_seconds_count");
    expect(findMetricFaults(production, known)).toEqual([]);
  });

  test("are read out of an expression without its functions, labels and words", () => {
    const expression =
      'histogram_quantile(0.99, sum by (le, route) (rate(a_bucket{method="GET", x!~"b(c"}[5m]))) > 1 and on (pod) d or up offset 5m';
    expect(metricsIn(expression)).toEqual(["a_bucket", "d", "up"]);
  });

  test("are missed in an alert", () => {
    const changed = broken<IPrometheusRule>(production, "PrometheusRule/triptych", ({ spec }) => {
      const [rule] = spec?.groups?.[0]?.rules ?? [];
      if (rule !== undefined) rule.expr = "sum(breaker_stat) > 1";
    });
    expect(findMetricFaults(changed, known)).toEqual([
      "alert TriptychProcessDown: there is no metric breaker_stat",
    ]);
  });

  test("are missed in a panel", () => {
    const changed = broken<IConfigMap>(production, "ConfigMap/triptych-dashboard", ({ data }) => {
      if (data === undefined) return;
      data["dashboard.json"] = `${data["dashboard.json"]}`.replace("breaker_state", "breakers");
    });
    expect(findMetricFaults(changed, known)).toEqual([
      expect.stringContaining("there is no metric breakers"),
    ]);
  });
});
