import type { Sample } from "#measure/sample.ts";
import type { Measurement } from "#run/measurement.ts";
import type { Scenario } from "#scenarios/scenario.ts";
import { drawPlot } from "./plot.ts";
import { cpu, middle } from "./scenario-table.ts";

/** What is drawn over the number of connections. */
const DRAWN: readonly {
  readonly name: string;
  readonly title: string;
  value(sample: Sample): number;
}[] = [
  { name: "throughput", title: "a second", value: ({ perSecond }) => perSecond },
  { name: "latency", title: "p50 in ms", value: ({ p50Micros }) => p50Micros / 1_000 },
  { name: "cpu", title: "CPU µs each", value: cpu },
];

/** A file with a plot. */
export interface PlotFile {
  readonly file: string;
  readonly title: string;
  readonly svg: string;
}

/** Draws a scenario over the numbers of connections at which it was measured. */
export function curvePlots(
  scenario: Scenario,
  measurements: readonly Measurement[],
): readonly PlotFile[] {
  const closed = measurements.filter(({ kind }) => kind === "throughput");
  const marks = [...new Set(closed.map(({ connections }) => connections))].sort((a, b) => a - b);
  if (marks.length < 2) return [];
  const arms = [...Map.groupBy(closed, ({ arm }) => arm)];
  return DRAWN.map(({ name, title, value }) => {
    const series = arms.map(([arm, own]) => ({
      name: arm,
      values: marks.map((mark) =>
        middle(
          own.filter(({ connections }) => connections === mark),
          value,
        ),
      ),
    }));
    const whole = `${scenario.title}: ${title}`;
    return {
      file: `${scenario.name}-${name}.svg`,
      title: whole,
      svg: drawPlot({ title: whole, horizontal: "connections", marks: marks.map(String), series }),
    };
  });
}
