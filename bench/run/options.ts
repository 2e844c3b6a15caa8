import { parseArgs } from "node:util";
import { SCENARIOS } from "#scenarios/all-scenarios.ts";
import type { Scenario } from "#scenarios/scenario.ts";

/** What a run measures, and for how long. */
export interface RunOptions {
  readonly quick: boolean;
  readonly arms: readonly string[];
  readonly scenarios: readonly Scenario[];
  readonly rounds: number;
  /** The load on each route before the first sample, for each arm. */
  readonly warmUpMs: number;
  /** The load before each sample, which is not measured. */
  readonly settleMs: number;
  readonly measureMs: number;
  /** The time for samples that are taken again because other work ran beside them. */
  readonly patienceMs: number;
  /** The numbers of connections of the plots. */
  readonly curve: readonly number[];
  readonly openLoop: boolean;
}

const QUICK_ARMS = ["monolith", "triptych"];
const ROUNDS_MAX = 20;

const QUICK = {
  ...{ quick: true, rounds: 1, warmUpMs: 5_000, settleMs: 300, measureMs: 4_000 },
  ...{ patienceMs: 30_000, curve: [], openLoop: false },
} as const;
const FULL = {
  ...{ quick: false, rounds: 3, warmUpMs: 5_000, settleMs: 200, measureMs: 1_500 },
  ...{ patienceMs: 60_000, curve: [1, 16, 256], openLoop: true },
} as const;

/** How the program is called. */
export const USAGE = `usage: pnpm bench [--quick] [--arms NAME,…] [--scenarios NAME,…] [--rounds N]
scenarios: ${SCENARIOS.map(({ name }) => name).join(", ")}`;

/** Reads the command line. Throws a sentence for the user if it makes no sense. */
export function parseOptions(words: readonly string[], allArms: readonly string[]): RunOptions {
  const { values } = parseArgs({
    args: words.filter((word) => word !== "--"),
    options: {
      quick: { type: "boolean", default: false },
      arms: { type: "string" },
      scenarios: { type: "string" },
      rounds: { type: "string" },
    },
  });
  const mode = values.quick ? QUICK : FULL;
  const rounds = values.rounds === undefined ? mode.rounds : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > ROUNDS_MAX) {
    throw new Error(`--rounds must be a whole number from 1 to ${ROUNDS_MAX}`);
  }
  const scenarios = SCENARIOS.filter(({ quick }) => !values.quick || quick === true);
  return {
    ...mode,
    rounds,
    arms:
      values.arms === undefined ? defaultArms(values.quick, allArms) : chosen(values.arms, allArms),
    scenarios: values.scenarios === undefined ? scenarios : chosenScenarios(values.scenarios),
  };
}

function defaultArms(quick: boolean, all: readonly string[]): readonly string[] {
  return quick ? QUICK_ARMS : all;
}

function chosenScenarios(list: string): readonly Scenario[] {
  const names = chosen(
    list,
    SCENARIOS.map(({ name }) => name),
  );
  return SCENARIOS.filter(({ name }) => names.includes(name));
}

function chosen(list: string, all: readonly string[]): readonly string[] {
  const names = list.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new Error(`there is no ${unknown}; there are ${all.join(", ")}`);
  return names;
}
