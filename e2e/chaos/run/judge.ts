import { type AnswerClass, isWorse, worstOf } from "#chaos/load/answer-class.ts";
import { describeSample, isShed, type Sample } from "#chaos/load/open-loop.ts";
import { ALL_CASES } from "#chaos/routes/all-cases.ts";
import type { RouteCase } from "#chaos/routes/route-case.ts";
import type { Target } from "#chaos/system/chaos-targets.ts";
import type { Fault } from "./faults.ts";
import { latencyQuantile, type Phase, phaseOf, recoveryMs, type Timeline } from "./phases.ts";
import { type Promised, promisedOf, type Relation, relationOf } from "./promises.ts";
import type { FaultRun } from "./run-fault.ts";

/** The result of one route during one fault of one part. */
export interface Cell {
  readonly case: RouteCase;
  readonly relation: Relation;
  readonly promised: Promised;
  /** From the begin of the fault to the end of the recovery. */
  readonly answers: number;
  /**
   * The share of requests that were shed during the fault, of 1. The other figures do not count
   * them.
   */
  readonly shedShare: number;
  readonly onset: AnswerClass;
  readonly steady: AnswerClass;
  readonly p99Ms: number;
  readonly recoveryMs: number;
  /** Each answer that was worse than promised. */
  readonly worse: readonly Worse[];
}

/** An answer that was worse than promised, and its phase. */
export interface Worse {
  readonly phase: Phase;
  readonly sample: Sample;
}

/**
 * Compares the samples with the promises, route by route. Requests that were shed on a busy machine
 * are left out.
 */
export function judge(run: FaultRun, target: Target, fault: Fault): readonly Cell[] {
  const { timeline } = run;
  return ALL_CASES.map((routeCase) => {
    const all = run.samples.filter((sample) => sample.case === routeCase);
    const own = all.filter((sample) => !isShed(sample));
    const inPhase = (...phases: string[]) =>
      own.filter((sample) => phases.includes(phaseOf(sample, timeline)));
    const promised = promisedOf(routeCase, target, fault);
    const classIn = (phase: string) => worstOf(inPhase(phase).map((sample) => sample.class));
    return {
      case: routeCase,
      relation: relationOf(routeCase, target),
      promised,
      answers: inPhase("onset", "steady", "recovery").length,
      shedShare: shedShareOf(all, timeline),
      onset: classIn("onset"),
      steady: classIn("steady"),
      p99Ms: latencyQuantile(inPhase("onset", "steady"), 0.99),
      recoveryMs: recoveryMs(own, timeline),
      worse: own
        .filter((sample) => isWorse(sample.class, allowedFor(sample, timeline, promised)))
        .map((sample) => ({ phase: phaseOf(sample, timeline), sample })),
    };
  });
}

function shedShareOf(samples: readonly Sample[], timeline: Timeline): number {
  const during = samples.filter((sample) =>
    ["onset", "steady"].includes(phaseOf(sample, timeline)),
  );
  return during.filter(isShed).length / Math.max(1, during.length);
}

/** Returns the worst class that a sample may have. */
function allowedFor(sample: Sample, timeline: Timeline, promised: Promised): AnswerClass {
  const phase = phaseOf(sample, timeline);
  if (phase === "calm") return "failed"; // the fault has not begun
  if (phase !== "recovery") return promised[phase];
  const late = sample.intendedMs - timeline.backMs > promised.recoveryMs;
  return late ? "full" : worstOf([promised.onset, promised.steady]);
}

/** Describes an answer and its phase. */
export function describeWorse({ phase, sample }: Worse): string {
  return `${phase}: ${describeSample(sample)}`;
}

/** Describes each breach of a promise in a line, times included. Empty if all were kept. */
export function breachesOf(cells: readonly Cell[]): readonly string[] {
  return cells.flatMap(({ case: { route }, promised, p99Ms, worse }) => [
    ...worse.map(describeWorse),
    ...(p99Ms > promised.p99Ms
      ? [`${route}: p99 ${Math.round(p99Ms)} ms, and ${promised.p99Ms} are promised`]
      : []),
  ]);
}
