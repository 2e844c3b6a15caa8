import { pathToFileURL } from "node:url";
import type { IPrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import { ofKind, type Rendering } from "#k8s/manifest.ts";

/** Made by Prometheus itself, for each target. */
const OF_PROMETHEUS = ["up"];
const OF_HISTOGRAM = ["_bucket", "_count", "_sum"];
/** Words of PromQL that stand where a metric could. */
const WORDS =
  /^(and|or|unless|by|without|on|ignoring|group_left|group_right|bool|offset|inf|nan)$/i;
const LABELS = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;

/** Reads which metrics the processes have, out of the page that they serve. */
export async function loadMetricNames(): Promise<ReadonlySet<string>> {
  const load = (path: string) => import(pathToFileURL(`chassis/src/telemetry/${path}`).href);
  const { createMetrics } = await load("metrics.ts");
  const { renderMetrics } = await load("render-metrics.ts");
  const page: string = await renderMetrics([createMetrics({ service: "check" })]);
  const names = [...page.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = "", type]) =>
    type === "histogram" ? OF_HISTOGRAM.map((part) => `${name}${part}`) : [name],
  );
  return new Set([...names, ...OF_PROMETHEUS]);
}

/** Finds alerts and panels that ask for metrics which no process has: they would be silent for ever. */
export function findMetricFaults(rendering: Rendering, known: ReadonlySet<string>): string[] {
  return [...alertsOf(rendering), ...panelsOf(rendering)].flatMap(({ name, expression }) =>
    metricsIn(expression)
      .filter((metric) => !known.has(metric))
      .map((metric) => `${name}: there is no metric ${metric}`),
  );
}

interface Question {
  readonly name: string;
  readonly expression: string;
}

function alertsOf(rendering: Rendering): Question[] {
  const groups = ofKind<IPrometheusRule>(rendering, "PrometheusRule").flatMap(
    ({ spec }) => spec?.groups ?? [],
  );
  return groups.flatMap(({ rules = [] }) =>
    rules.map(({ alert, expr }) => ({ name: `alert ${alert}`, expression: String(expr) })),
  );
}

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

function panelsOf(rendering: Rendering): Question[] {
  const texts = ofKind<IConfigMap>(rendering, "ConfigMap").map(
    ({ data }) => data?.["dashboard.json"],
  );
  return texts
    .filter((text) => text !== undefined)
    .flatMap((text) => (JSON.parse(text) as Dashboard).panels)
    .flatMap(({ title, targets }) =>
      targets.map(({ expr }) => ({ name: `panel ${title}`, expression: expr })),
    );
}

/** The names in an expression of PromQL that are no function, label, number or word of the language. */
export function metricsIn(expression: string): string[] {
  const bare = expression
    .replace(/"[^"]*"/g, "")
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, " ")
    .replace(LABELS, " ");
  const names = bare.matchAll(/(?<![\w.])[a-zA-Z_:][\w:]*(?!\w*\s*\()/g);
  return [...names].map(([name]) => name).filter((name) => !WORDS.test(name));
}
