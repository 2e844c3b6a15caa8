import type { IPrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import { ofKind, type Rendering } from "#k8s/manifest.ts";

/** An expression of an alert or a panel. */
export interface Question {
  /** The name of the alert or panel: `alert TriptychDefect`, `panel Memory`. */
  readonly name: string;
  readonly expression: string;
  /** Labels of the result that the alert's texts or the panel's legend use. */
  readonly namedLabels: readonly string[];
}

interface Dashboard {
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string }[];
  };
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
}

/** Durations that Grafana derives from a panel's width and time span. */
const DURATIONS = ["__rate_interval", "__interval", "__range"];
const VARIABLE = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::\w+)?\})/g;

/** All expressions of the alert rules and dashboards of a rendering. */
export function questionsIn(rendering: Rendering): readonly Question[] {
  return [...alertsOf(rendering), ...panelsOf(rendering)];
}

function alertsOf(rendering: Rendering): Question[] {
  const groups = ofKind<IPrometheusRule>(rendering, "PrometheusRule").flatMap(
    ({ spec }) => spec?.groups ?? [],
  );
  return groups.flatMap(({ rules = [] }) =>
    rules.map(({ alert, expr, annotations = {} }) => ({
      name: `alert ${alert}`,
      expression: String(expr),
      namedLabels: namesIn(Object.values(annotations).join(" "), /\$labels\.(\w+)/g),
    })),
  );
}

function panelsOf(rendering: Rendering): Question[] {
  const texts = ofKind<IConfigMap>(rendering, "ConfigMap").map(
    ({ data }) => data?.["dashboard.json"],
  );
  return texts
    .filter((text) => text !== undefined)
    .map((text) => JSON.parse(text) as Dashboard)
    .flatMap((dashboard) =>
      dashboard.panels.flatMap(({ title, targets }) =>
        targets.map(({ expr, legendFormat }) => ({
          name: `panel ${title}`,
          expression: withValues(expr, dashboard),
          namedLabels: namesIn(legendFormat, /\{\{\s*(\w+)\s*\}\}/g),
        })),
      ),
    );
}

function namesIn(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, name = ""]) => name);
}

/**
 * Replaces each variable of Grafana or the dashboard by a value, as Grafana does before Prometheus
 * sees the expression. Unknown variables stay. A value is as long as its variable, so that
 * positions do not change.
 */
function withValues(expr: string, { templating }: Dashboard): string {
  const own = new Map(templating.list.map(({ name, type }) => [name, type]));
  return expr.replaceAll(VARIABLE, (variable: string, plain?: string, braced?: string) => {
    const name = plain ?? braced ?? "";
    const isDuration = DURATIONS.includes(name) || own.get(name) === "interval";
    if (isDuration) return "1m".padEnd(variable.length);
    return own.has(name) ? "x".repeat(variable.length) : variable;
  });
}

/** Variables of an expression that have no value. */
export function variablesIn(expression: string): readonly string[] {
  return [...expression.matchAll(VARIABLE)].map(([variable]) => variable);
}
