import { availableParallelism, cpus } from "node:os";
import type { Cores } from "#load/cores.ts";
import { OTHER_WORK_MAX } from "#measure/sample.ts";
import { OPEN_LOOP_SHARE } from "#run/measure-all.ts";
import type { Measurement } from "#run/measurement.ts";
import type { Scenario } from "#scenarios/scenario.ts";
import { curvePlots, type PlotFile } from "./curve-plots.ts";
import { formatPercent } from "./format.ts";
import { latencyTable, throughputTable } from "./scenario-table.ts";

/** What was measured, and on what. */
export interface Results {
  readonly scenarios: readonly Scenario[];
  readonly measurements: readonly Measurement[];
  readonly rounds: number;
  readonly cores: Cores;
}

/** A report, and the plots that it shows. */
export interface Report {
  readonly text: string;
  readonly plots: readonly PlotFile[];
}

/** Writes the report. Its plots are in `folder`, beside it. */
export function writeReport(results: Results, folder: string): Report {
  const sections = results.scenarios.map((scenario) => sectionOf(scenario, results, folder));
  const text = [
    "# Report of the benchmark",
    "",
    "Written by `pnpm bench`; [README.md](README.md) says how it measures.",
    "",
    ...conditionsOf(results),
    ...sections.flatMap(({ lines }) => lines),
  ].join("\n");
  return { text: `${text.trimEnd()}\n`, plots: sections.flatMap(({ plots }) => plots) };
}

/** Writes the tables only, for the terminal. */
export function writeTables(results: Results): string {
  const sections = results.scenarios.map((scenario) => sectionOf(scenario, results, ""));
  return [...conditionsOf(results), ...sections.flatMap(({ lines }) => lines)].join("\n");
}

function conditionsOf({ rounds, cores }: Results): string[] {
  const { load, system, unpinned } = cores;
  const pinned =
    unpinned === undefined
      ? `the load on core ${load}, the system under test on ${system}`
      : `nothing pinned, since ${unpinned}: the load took from what it measured`;
  return [
    `- ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}`,
    `- ${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"}): ${pinned}`,
    `- rounds: ${rounds}; values are medians, ratios are medians of the ratios within a round`,
    `- "other work" marks samples beside which more than ${formatPercent(OTHER_WORK_MAX)} of the`,
    "  machine went elsewhere, also when they were taken again",
    "",
  ];
}

function sectionOf(
  scenario: Scenario,
  { measurements }: Results,
  folder: string,
): { readonly lines: readonly string[]; readonly plots: readonly PlotFile[] } {
  const own = measurements.filter((measurement) => measurement.scenario === scenario.name);
  if (own.length === 0) return { lines: [], plots: [] };
  const throughput = own.filter(
    ({ kind, connections }) => kind === "throughput" && connections === scenario.connections,
  );
  const latency = own.filter(({ kind }) => kind === "open loop");
  const plots = curvePlots(scenario, own);
  return {
    plots,
    lines: [
      `## ${scenario.name}: ${scenario.title}`,
      "",
      `${scenario.connections} connections, closed loop:`,
      "",
      throughputTable(throughput),
      "",
      ...(latency.length === 0 ? [] : [OPEN_LOOP, "", latencyTable(latency), ""]),
      ...others(scenario, own),
      ...plots.flatMap(({ title, file }) => [`![${title}](${folder}/${file})`, ""]),
    ],
  };
}

const OPEN_LOOP = `Open loop at ${formatPercent(OPEN_LOOP_SHARE)} of the arm's own peak, latency from the intended start:`;

/** The tables at other numbers of connections. */
function others(scenario: Scenario, own: readonly Measurement[]): string[] {
  const rest = own.filter(
    ({ kind, connections }) => kind === "throughput" && connections !== scenario.connections,
  );
  return [...Map.groupBy(rest, ({ connections }) => connections)].flatMap(
    ([connections, measurements]) => [
      `${connections} ${connections === 1 ? "connection" : "connections"}, closed loop:`,
      "",
      throughputTable(measurements),
      "",
    ],
  );
}
