import { isWorse } from "#chaos/load/answer-class.ts";
import { isShed, type Sample } from "#chaos/load/open-loop.ts";
import { SERVICES, type Target } from "#chaos/system/chaos-targets.ts";
import { latencyQuantile, phaseOf, recoveryMs } from "./phases.ts";
import { type Relation, relationOf } from "./promises.ts";
import type { FaultCase, FaultRun } from "./run-fault.ts";

/**
 * By then the breakers of the most used methods are open: after three failures in a row, each at
 * its timeout, and a health check of the callee.
 */
const OPEN_AFTER_MS = 3_500;
const P99 = 0.99;
/**
 * Requests that begin this shortly before the service's return run beside it. A process that wakes
 * or starts takes a processor from the others.
 */
const BEFORE_RETURN_MS = 250;
const AFTER_RETURN_MS = 1_000;

/** The cost of losing a whole service, over all its runs. Times are in milliseconds. */
export interface Figures {
  /** Routes that do not need the service. */
  readonly withoutP99CalmMs: number;
  readonly withoutP99FaultMs: number;
  /** From shortly before the service's return until a second after. */
  readonly withoutP99ReturnMs: number;
  readonly withoutWorse: number;
  readonly withoutAnswers: number;
  /** Decorated routes, after the first second. */
  readonly decoratedAnswered: number;
  readonly decoratedAnswers: number;
  /** Refusals of the most used reads, once the breakers are open. */
  readonly refusalP99Ms: number;
  readonly refusals: number;
  /** The longest time until every answer was whole again. */
  readonly recoveryMs: number;
}

/** Measures the loss of services, killed or frozen. Returns undefined if there was none. */
export function figuresOf(
  runs: readonly (FaultCase & { readonly run: FaultRun })[],
): Figures | undefined {
  const losses = runs.filter(isLoss);
  if (losses.length === 0) return undefined;
  const pick = (relation: Relation, choose: (sample: Sample, run: FaultRun) => boolean) =>
    losses.flatMap(({ target, run: one }) =>
      one.samples
        .filter((sample) => relationOf(sample.case, target) === relation && !isShed(sample))
        .filter((sample) => choose(sample, one)),
    );
  const inPhase = (phase: string) => (sample: Sample, one: FaultRun) =>
    phaseOf(sample, one.timeline) === phase;
  const calm = calmWithout(runs);
  const steady = pick("without", inPhase("steady"));
  const decorated = pick("decorated by", inPhase("steady"));
  const refusals = pick("needs", isHotRefusal);
  return {
    withoutP99CalmMs: latencyQuantile(calm, P99),
    withoutP99FaultMs: latencyQuantile(pick("without", isWhileLost), P99),
    withoutP99ReturnMs: latencyQuantile(pick("without", isAtReturn), P99),
    withoutWorse: steady.filter((sample) => isWorse(sample.class, "partial")).length,
    withoutAnswers: steady.length,
    decoratedAnswered: decorated.filter((sample) => !isWorse(sample.class, "partial")).length,
    decoratedAnswers: decorated.length,
    refusalP99Ms: latencyQuantile(refusals, P99),
    refusals: refusals.length,
    recoveryMs: Math.max(...losses.map(({ run: one }) => recoveryOf(one))),
  };
}

function isWhileLost({ intendedMs }: Sample, { timeline }: FaultRun): boolean {
  return intendedMs >= timeline.steadyMs && intendedMs < timeline.liftMs - BEFORE_RETURN_MS;
}

function isAtReturn({ intendedMs }: Sample, { timeline }: FaultRun): boolean {
  return (
    intendedMs >= timeline.liftMs - BEFORE_RETURN_MS &&
    intendedMs < timeline.backMs + AFTER_RETURN_MS
  );
}

/**
 * Calm comes before every fault. Taken before all of them, its slowest of a hundred is as certain
 * as the one while services are lost.
 */
function calmWithout(runs: readonly (FaultCase & { readonly run: FaultRun })[]): readonly Sample[] {
  return runs
    .filter(({ target }) => SERVICES.some((service: Target) => service === target))
    .flatMap(({ target, run: { samples, timeline } }) =>
      samples.filter(
        (sample) =>
          relationOf(sample.case, target) === "without" &&
          !isShed(sample) &&
          phaseOf(sample, timeline) === "calm",
      ),
    );
}

function isLoss({ target, fault }: FaultCase): boolean {
  const isService = SERVICES.some((service: Target) => service === target);
  return isService && (fault === "killed" || fault === "frozen");
}

/**
 * A method's breaker opens only after three calls at each gateway. Cases of this weight are called
 * often enough.
 */
const HOT_WEIGHT_MIN = 10;

function isHotRefusal(sample: Sample, { timeline }: FaultRun): boolean {
  return (
    sample.case.weight >= HOT_WEIGHT_MIN &&
    sample.class === "refused" &&
    sample.intendedMs >= timeline.faultMs + OPEN_AFTER_MS &&
    sample.intendedMs < timeline.liftMs
  );
}

function recoveryOf({ samples, timeline }: FaultRun): number {
  const kept = samples.filter((sample) => !isShed(sample));
  return recoveryMs(kept, timeline);
}
