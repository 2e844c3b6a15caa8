import type { IPrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import { broken, renderProduction } from "#k8s/broken.fixture.ts";
import type { Rendering } from "#k8s/manifest.ts";
import { findMetricViolations, loadMetrics } from "#k8s/rules/metric-names.ts";
import type { KnownMetrics } from "#k8s/rules/promql.ts";

const MEMORY = 'process_resident_memory_bytes{job=~\\".*/triptych\\"}';

let production: Rendering;
let known: KnownMetrics;
beforeAll(async () => {
  [production, known] = await Promise.all([renderProduction(), loadMetrics()]);
});

/** The violations if the first alert has another expression. */
function violationsOfAlert(expression: string): string[] {
  const changed = broken<IPrometheusRule>(production, "PrometheusRule/triptych", ({ spec }) => {
    const [rule] = spec?.groups?.[0]?.rules ?? [];
    if (rule !== undefined) rule.expr = expression;
  });
  return findMetricViolations(changed, known);
}

/** The violations if the memory panel has another expression. */
function violationsOfPanel(expression: string): string[] {
  const changed = broken<IConfigMap>(production, "ConfigMap/triptych-dashboard", ({ data }) => {
    const text = data?.["dashboard.json"] ?? "";
    if (!text.includes(MEMORY)) throw new Error("the dashboard has no such panel");
    Object.assign(data ?? {}, {
      "dashboard.json": text.replace(`"${MEMORY}"`, () => JSON.stringify(expression)),
    });
  });
  return findMetricViolations(changed, known);
}

describe("what alerts and panels ask for", () => {
  test("is there, as the processes serve it", () => {
    expect(known.get("rpc_server_duration_seconds_bucket")).toContain("le");
    expect(known.get("rpc_server_duration_seconds_count")).toContain("service");
    expect(findMetricViolations(production, known)).toEqual([]);
  });

  test("is missed in an alert", () => {
    expect(violationsOfAlert("sum(breaker_stat) > 1")).toEqual([
      "alert TriptychProcessDown: there is no metric breaker_stat",
    ]);
  });

  test("is missed in a panel", () => {
    expect(violationsOfPanel("breakers")).toEqual(["panel Memory: there is no metric breakers"]);
  });

  test("has the labels that the texts name", () => {
    expect(violationsOfAlert("sum by (service) (breaker_state) > 1")).toEqual([
      "alert TriptychProcessDown: its text names the label pod, which the answer has not",
    ]);
    expect(violationsOfPanel("sum by (service) (breaker_state)")).toEqual([
      "panel Memory: its text names the label pod, which the answer has not",
    ]);
  });

  test("is found in a panel with the variables of Grafana and of its dashboard", () => {
    expect(
      violationsOfPanel(
        `rate(process_cpu_seconds_total{job="\${datasource:raw}", pod=~"a$"}[$__rate_interval])`,
      ),
    ).toEqual([]);
    expect(violationsOfPanel('up{job="$dataSource"}')).toEqual([
      "panel Memory: there is no variable $dataSource",
    ]);
    expect(violationsOfAlert("rate(process_cpu_seconds_total[$__rate_interval]) > 1")).toEqual([
      "alert TriptychProcessDown: there is no variable $__rate_interval",
      expect.stringContaining("is no PromQL from character 32 on"),
    ]);
  });
});
