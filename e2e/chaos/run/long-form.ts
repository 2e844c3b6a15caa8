import assert from "node:assert";
import type { Target } from "#chaos/system/targets.ts";
import { Stage } from "./chaos-environment.ts";
import type { Fault } from "./faults.ts";
import { type Comparison, harmOf, hurts } from "./harm.ts";
import { breachesOf, type Cell, judge } from "./judge.ts";
import type { Selection } from "./parse-selection.ts";
import { type Pace, type Play, type Played, playFault } from "./run-fault.ts";

/** One fault of one part, and how each route did. */
export interface JudgedPlay extends Play {
  readonly played: Played;
  readonly cells: readonly Cell[];
  readonly faults: readonly string[];
}

/** All that the long form found. */
export interface LongForm {
  readonly plays: readonly JudgedPlay[];
  readonly comparisons: readonly Comparison[];
  /** A line for everything that is worse than promised; empty if all is well. */
  readonly faults: readonly string[];
}

/** What the long form needs besides the selection. */
interface LongFormOptions {
  readonly print: (line: string) => void;
  /** Fires when whoever waits has had enough. */
  readonly signal: AbortSignal;
}

const WARM_UP_MS = 5_000;
const PACE = { calmMs: 2_500, faultMs: 8_000, recoveryMs: 3_500 } as const;
/**
 * A machine with other things to do breaks promises too: what is broken every time is broken. The
 * best try counts.
 */
const TRIES_MAX = 3;
const FAULTS_SHOWN_MAX = 12;

/**
 * Faults that the defence is for. A killed callee fails fast by itself, and whoever refuses
 * connections too.
 */
const CONTROLLED_FAULTS: readonly Fault[] = ["frozen", "black-holed"];
const CONTROLLED_TARGETS: readonly Target[] = ["users", "images", "comments"];

/**
 * Plays what is selected, then the control arm of it. Ends every process, however it ends itself.
 */
export async function playLongForm(
  selection: Selection,
  options: LongFormOptions,
): Promise<LongForm> {
  const plays = await playDefended(selection, options);
  const comparisons = await playControl(selection, plays, options);
  const painless = comparisons.filter((one) => !hurts(one));
  const faults = [
    ...plays.flatMap(({ target, fault, faults: own }) =>
      own.map((line) => `${target} ${fault}: ${line}`),
    ),
    ...painless.map(
      ({ target, fault }) => `${target} ${fault}: it does not hurt without the defence`,
    ),
  ];
  return { plays, comparisons, faults };
}

async function playDefended(
  selection: Selection,
  options: LongFormOptions,
): Promise<readonly JudgedPlay[]> {
  await using stage = await openStage("on", selection, options);
  const plays: JudgedPlay[] = [];
  for (const target of selection.targets) {
    for (const fault of selection.faults) {
      plays.push(await playUntilKept(stage.stage, { target, fault }, { selection, ...options }));
    }
  }
  return plays;
}

interface PlayOptions extends LongFormOptions {
  readonly selection: Selection;
}

async function playUntilKept(stage: Stage, play: Play, options: PlayOptions): Promise<JudgedPlay> {
  let best: JudgedPlay | undefined;
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    const judged = await playOnce(stage, play, options);
    if (best === undefined || judged.faults.length < best.faults.length) best = judged;
    if (best.faults.length === 0) break;
  }
  assert(best, "it was played at least once");
  return best;
}

async function playOnce(stage: Stage, play: Play, options: PlayOptions): Promise<JudgedPlay> {
  const { target, fault } = play;
  const played = await playFault(stage, play, paceOf(options));
  const cells = judge(played, target, fault);
  const faults = [...breachesOf(cells), ...played.ledgerFaults];
  const { length } = played.samples;
  const verdict = faults.length === 0 ? "as promised" : `${faults.length} worse than promised`;
  options.print(
    `${target} ${fault}: ${length} requests, ${played.acknowledgedCount} writes acknowledged, ${verdict}`,
  );
  for (const line of faults.slice(0, FAULTS_SHOWN_MAX)) options.print(`    ${line}`);
  return { ...play, played, cells, faults };
}

async function playControl(
  selection: Selection,
  plays: readonly JudgedPlay[],
  options: LongFormOptions,
): Promise<readonly Comparison[]> {
  const wanted = plays.filter(
    ({ target, fault }) => CONTROLLED_TARGETS.includes(target) && CONTROLLED_FAULTS.includes(fault),
  );
  if (wanted.length === 0) return [];
  await using stage = await openStage("off", selection, options);
  const comparisons: Comparison[] = [];
  for (const { target, fault, played } of wanted) {
    const undefended = await playFault(
      stage.stage,
      { target, fault },
      paceOf({ selection, ...options }),
    );
    const [on, off] = [harmOf(played, target), harmOf(undefended, target)];
    comparisons.push({ target, fault, on, off });
    options.print(
      `${target} ${fault}, without the defence: one waits ${Math.round(off.waitMs)} ms instead of ${Math.round(on.waitMs)}, ${percent(off.wholeShare)} instead of ${percent(on.wholeShare)} are whole`,
    );
  }
  return comparisons;
}

function paceOf({ selection, signal }: PlayOptions): Pace & { readonly signal: AbortSignal } {
  return { ...PACE, requestsPerSecond: selection.requestsPerSecond, signal };
}

async function openStage(
  failurePolicy: "on" | "off",
  { keepData }: Selection,
  { print, signal }: LongFormOptions,
): Promise<{ readonly stage: Stage } & AsyncDisposable> {
  signal.throwIfAborted();
  print(`starting a system with the failure policy ${failurePolicy}`);
  const stage = await Stage.open({ replicas: 1, failurePolicy }, WARM_UP_MS);
  return {
    stage,
    async [Symbol.asyncDispose]() {
      if (keepData) print(`logs and databases are in ${stage.system.folder}`);
      await stage.close({ keepData });
    },
  };
}

/** A share of 1, in percent. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** How long the long form takes at least, in minutes, for whoever waits. */
export function minutesOf({ targets, faults }: Pick<Selection, "targets" | "faults">): number {
  const each = PACE.calmMs + PACE.faultMs + PACE.recoveryMs;
  return Math.ceil((targets.length * faults.length * each) / 60_000);
}
