import { mkdir, writeFile } from "node:fs/promises";
import { ARMS, ROOFS } from "#arms/all-arms.ts";
import { type Cores, shareCores } from "#load/cores.ts";
import { LoadGenerator } from "#load/load-generator.ts";
import { Patience } from "#measure/take-sample.ts";
import { Progress } from "#report/progress.ts";
import { type Results, writeReport, writeTables } from "#report/report.ts";
import { startFleet } from "#run/fleet.ts";
import { measureAll, samplesOf } from "#run/measure-all.ts";
import type { Measurement } from "#run/measurement.ts";
import { parseOptions, type RunOptions, USAGE } from "#run/options.ts";
import { answers } from "#scenarios/scenario.ts";
import { openWorld } from "#world/open-world.ts";
import { SIZE_BIG, SIZE_DEFAULT } from "#world/world.ts";

const ALL_ARMS = [...ARMS, ...ROOFS];
const WORLDS = { default: SIZE_DEFAULT, big: SIZE_BIG } as const;
const REPORT = new URL("./REPORT.md", import.meta.url);
const PLOTS = "plots";
/** EX_USAGE of sysexits.h. */
const EXIT_USAGE = 64;

/** Runs the benchmark, prints its tables, and writes the report unless it was a quick one. */
async function main(options: RunOptions): Promise<void> {
  const cores = shareCores();
  const samples = options.arms.map((arm) => samplesOf(arm, options.scenarios, options));
  const progress = new Progress(samples.reduce((sum, count) => sum + count, 0));
  const measurements = await measure(options, cores, progress);
  const results: Results = { ...options, measurements, cores };
  process.stdout.write(`${writeTables(results)}\n`);
  if (options.quick) return;
  const { text, plots } = writeReport(results, PLOTS);
  const folder = new URL(`./${PLOTS}/`, REPORT);
  await mkdir(folder, { recursive: true });
  for (const { file, svg } of plots) await writeFile(new URL(file, folder), svg);
  await writeFile(REPORT, text);
  progress.say("wrote bench/REPORT.md");
}

async function measure(
  options: RunOptions,
  cores: Cores,
  progress: Progress,
): Promise<readonly Measurement[]> {
  const generator = new LoadGenerator(cores.load);
  const sampler = { generator, patience: new Patience(options.patienceMs) };
  const measurements: Measurement[] = [];
  try {
    for (const name of ["default", "big"] as const) {
      const scenarios = options.scenarios.filter(({ world }) => world === name);
      const arms = ALL_ARMS.filter(
        (arm) => options.arms.includes(arm.name) && scenarios.some((one) => answers(arm.name, one)),
      );
      if (arms.length === 0) continue;
      const say = (line: string) => progress.say(line);
      const world = await openWorld({ size: WORLDS[name], report: say });
      await using fleet = await startFleet(arms, { world, cpus: cores.system }, say);
      measurements.push(
        ...(await measureAll({ options, sampler, progress }, fleet.arms, scenarios)),
      );
    }
  } finally {
    await generator.stop();
  }
  return measurements;
}

let options: RunOptions | undefined;
try {
  options = parseOptions(
    process.argv.slice(2),
    ALL_ARMS.map(({ name }) => name),
  );
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${USAGE}\n`);
  process.exitCode = EXIT_USAGE;
}
if (options !== undefined) await main(options);
