import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { type Sample, startOpenLoop } from "#chaos/load/open-loop.ts";
import type { RouteCase } from "#chaos/routes/route-case.ts";
import type { ExperimentEnvironment } from "./experiment-environment.ts";
import { goodputIn, type Span } from "./goodput.ts";

/** A stream of requests at a rate, distributed over the cases by their weights. */
export interface Stream {
  readonly cases: readonly RouteCase[];
  readonly requestsPerSecond: number;
}

/** The samples of a load, and its time span. */
export interface LoadRun {
  readonly samples: readonly Sample[];
  readonly span: Span;
  /** The p99 of this process's own lag: every request passes the process several times. */
  readonly ownLagMs: number;
}

const LAG_RESOLUTION_MS = 5;
const NANOSECONDS_PER_MS = 1e6;

/** The actions during a load. */
interface LoadActions {
  /** The load ends with it. */
  readonly during: () => Promise<unknown>;
  /** Called when nothing more is sent. May end what would let the last requests wait. */
  readonly hangUp?: () => Promise<unknown>;
}

/** Sends some streams at once while `during` runs. Returns every sample. */
export async function runLoad(
  { balancer, seedData }: ExperimentEnvironment,
  streams: readonly Stream[],
  { during, hangUp = async () => {} }: LoadActions,
): Promise<LoadRun> {
  const loads = streams.map((stream) => startOpenLoop({ balancer, seedData, ...stream }));
  const ownLag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  ownLag.enable();
  const fromMs = performance.now();
  let toMs = fromMs;
  let samples: readonly Sample[] = [];
  try {
    await during();
  } finally {
    toMs = performance.now();
    ownLag.disable();
    const stopped = Promise.all(loads.map((load) => load.stop()));
    await hangUp();
    samples = (await stopped).flat();
  }
  const ownLagMs = ownLag.percentile(99) / NANOSECONDS_PER_MS;
  return { samples, span: { fromMs, toMs }, ownLagMs };
}

const RAMP_FIRST_PER_SECOND = 8;
const RAMP_FACTOR = 1.3;
const RAMP_STEPS_MAX = 10;
/** Long enough for several of the dearest requests, of which there are few. */
const RAMP_STEP_MS = 8_000;
/** Before that, answers are still on their way. */
const RAMP_SETTLE_MS = 500;
/** The system is saturated if a smaller share of the requests is served. */
const SERVED_MIN = 0.8;

/** Raises the load until the system is saturated. Returns the peak, in good answers a second. */
export async function findPeak(
  environment: ExperimentEnvironment,
  streamsAt: (requestsPerSecond: number) => readonly Stream[],
): Promise<number> {
  let peak = 0;
  let offered = RAMP_FIRST_PER_SECOND;
  for (let step = 0; step < RAMP_STEPS_MAX; step++) {
    const streams = streamsAt(offered);
    const { samples, span } = await runLoad(environment, streams, {
      during: () => delay(RAMP_STEP_MS),
    });
    const goodput = goodputIn(samples, { ...span, fromMs: span.fromMs + RAMP_SETTLE_MS });
    peak = Math.max(peak, goodput);
    if (goodput < offered * SERVED_MIN) break;
    offered *= RAMP_FACTOR;
  }
  return peak;
}
