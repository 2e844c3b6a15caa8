import { type CpuTimes, sumOf } from "#measure/cpu-times.ts";
import { GENERATOR_SHARE_MAX, isCalm, type Sample } from "#measure/sample.ts";
import { ratioOf, spreadOf } from "#measure/statistics.ts";
import type { Measurement } from "#run/measurement.ts";
import { formatMs, formatNumber, formatPercent, formatRatio, formatRatioSpread } from "./format.ts";
import { markdownTable } from "./markdown-table.ts";

/** The arm that all others are compared with. */
export const BASELINE = "monolith";
/** Parts below this are not listed: the supervisor, the worker at rest. */
const LISTED_MICROS_MIN = 0.5;

/** Writes the table of one scenario: a line for each arm, compared with the baseline. */
export function throughputTable(measurements: readonly Measurement[]): string {
  const arms = [...Map.groupBy(measurements, ({ arm }) => arm)];
  const base = measurements.filter(({ arm }) => arm === BASELINE);
  return markdownTable([
    [
      ...["arm", "a second", `against ${BASELINE}`, "CPU µs each", `against ${BASELINE}`],
      ...["by process", "p50 ms", "p99 ms", "other work", "marks"],
    ],
    ...arms.map(([arm, own]) => {
      const median = (value: (sample: Sample) => number) => middle(own, value);
      return [
        arm,
        formatNumber(median(({ perSecond }) => perSecond)),
        formatRatioSpread(ratioOf(valued(own, rate), valued(base, rate))),
        formatNumber(median(cpu)),
        formatRatio(ratioOf(valued(own, cpu), valued(base, cpu)).median),
        byProcess(own),
        formatMs(median(({ p50Micros }) => p50Micros)),
        formatMs(median(({ p99Micros }) => p99Micros)),
        formatPercent(median(({ otherWork }) => otherWork)),
        marksOf(own),
      ];
    }),
  ]);
}

/** Writes the table of latencies at a fixed rate. */
export function latencyTable(measurements: readonly Measurement[]): string {
  const base = measurements.filter(({ arm }) => arm === BASELINE);
  const p99 = ({ p99Micros }: Sample) => p99Micros;
  return markdownTable([
    ["arm", "a second", "p50 ms", "p99 ms", "p99.9 ms", `p99 against ${BASELINE}`, "marks"],
    ...[...Map.groupBy(measurements, ({ arm }) => arm)].map(([arm, own]) => [
      arm,
      formatNumber(middle(own, rate)),
      formatMs(middle(own, ({ p50Micros }) => p50Micros)),
      formatMs(middle(own, p99)),
      formatMs(middle(own, ({ p999Micros }) => p999Micros)),
      formatRatio(ratioOf(valued(own, p99), valued(base, p99)).median),
      marksOf(own),
    ]),
  ]);
}

/** Returns the median of a value over the rounds. */
export function middle(
  measurements: readonly Measurement[],
  value: (sample: Sample) => number,
): number {
  return spreadOf(measurements.map(({ sample }) => value(sample))).median;
}

/** Returns the CPU of all parts for an operation. */
export function cpu({ cpuMicros }: Sample): number {
  return sumOf(cpuMicros);
}

function rate({ perSecond }: Sample): number {
  return perSecond;
}

function valued(measurements: readonly Measurement[], value: (sample: Sample) => number) {
  return measurements.map(({ round, sample }) => ({ round, value: value(sample) }));
}

function byProcess(measurements: readonly Measurement[]): string {
  const parts = new Set(measurements.flatMap(({ sample }) => Object.keys(sample.cpuMicros)));
  const micros = [...parts].map((part): [string, number] => [
    part,
    middle(measurements, ({ cpuMicros }: { readonly cpuMicros: CpuTimes }) => cpuMicros[part] ?? 0),
  ]);
  return micros
    .filter(([, value]) => value >= LISTED_MICROS_MIN)
    .sort(([, one], [, other]) => other - one)
    .map(([part, value]) => `${part} ${formatNumber(value)}`)
    .join(", ");
}

/** What a reader must know about samples before believing them. */
function marksOf(measurements: readonly Measurement[]): string {
  const samples = measurements.map(({ sample }) => sample);
  const faults = samples.flatMap((sample) => sample.faults);
  const marks: string[] = [];
  if (faults.length > 0) marks.push(`INVALID: ${faults.join(", ")}`);
  if (samples.some((sample) => !isCalm(sample))) marks.push("other work");
  const closed = measurements.filter(({ kind }) => kind === "throughput");
  if (closed.some(({ sample }) => sample.generatorShare > GENERATOR_SHARE_MAX)) {
    marks.push("load generator at its limit");
  }
  return marks.join("; ");
}
