import { pathToFileURL } from "node:url";
import type { Rendering } from "#k8s/manifest.ts";
import { findPromqlViolations, type KnownMetrics, labelsOfAnswer } from "./promql.ts";
import { type Question, questionsIn, variablesIn } from "./promql-questions.ts";

/** Labels that Prometheus adds to each series of a pod that the PodMonitor finds. */
const OF_TARGET = ["job", "instance", "namespace", "pod", "container", "endpoint"];
/** Metrics that Prometheus itself creates, for each target. */
const OF_PROMETHEUS = ["up"];

/** The part of a metrics registry that is read. */
interface ReadableRegistry {
  readonly getMetricsAsArray: () => readonly {
    readonly name: string;
    readonly type: string;
    readonly labelNames: readonly string[];
  }[];
}

/** Reads the metrics and labels of the processes from their registries. */
export async function loadMetrics(): Promise<KnownMetrics> {
  const load = (path: string) => import(pathToFileURL(`chassis/src/telemetry/${path}`).href);
  const { createMetrics } = await load("metrics.ts");
  const { processMetrics } = await load("process-metrics.ts");
  return new Map([
    ...OF_PROMETHEUS.map((name) => [name, new Set(OF_TARGET)] as const),
    ...seriesOf(processMetrics(), OF_TARGET),
    ...seriesOf(createMetrics({ service: "check" }).registry, [...OF_TARGET, "service"]),
  ]);
}

function seriesOf(registry: ReadableRegistry, added: readonly string[]) {
  return registry.getMetricsAsArray().flatMap(({ name, type, labelNames }) => {
    const labels = new Set([...labelNames, ...added]);
    if (type !== "histogram") return [[name, labels] as const];
    const bucket = [`${name}_bucket`, new Set([...labels, "le"])] as const;
    return [bucket, [`${name}_count`, labels] as const, [`${name}_sum`, labels] as const];
  });
}

/**
 * Finds alerts and panels that Prometheus cannot evaluate, whose result would always be empty, or
 * whose text would have a gap.
 */
export function findMetricViolations(rendering: Rendering, known: KnownMetrics): string[] {
  return questionsIn(rendering).flatMap((question) =>
    violationsOf(question, known).map((violation) => `${question.name}: ${violation}`),
  );
}

function violationsOf({ expression, namedLabels }: Question, known: KnownMetrics): string[] {
  const violations = [
    ...variablesIn(expression).map((variable) => `there is no variable ${variable}`),
    ...findPromqlViolations(expression, known),
  ];
  if (violations.length > 0) return violations;
  const labels = labelsOfAnswer(expression, known);
  return namedLabels
    .filter((label) => !labels.has(label))
    .map((label) => `its text names the label ${label}, which the answer has not`);
}
