import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { type Sample, startOpenLoop } from "#chaos/load/open-loop.ts";
import type { RouteCase } from "#chaos/routes/route-case.ts";
import type { ExperimentEnvironment } from "./experiment-environment.ts";
import { goodputIn, type Span } from "./goodput.ts";

/** So many requests a second, shared by the cases as their weights say. */
export interface Stream {
  readonly cases: readonly RouteCase[];
  readonly requestsPerSecond: number;
}

/** What became of a load, and when it was sent. */
export interface LoadRun {
  readonly samples: readonly Sample[];
  readonly span: Span;
  /**
   * How late this process came to what it should do, in milliseconds, 99 times of 100: every
   * request passes it several times.
   */
  readonly ownLagMs: number;
}

const LAG_RESOLUTION_MS = 5;
const NANOSECONDS_PER_MS = 1e6;

/** What is done while a load is sent. */
interface LoadActions {
  /** The load ends with it. */
  readonly during: () => Promise<unknown>;
  /** Called when nothing more is sent; may end what would keep the last requests waiting. */
  readonly hangUp?: () => Promise<unknown>;
}

/** Sends some streams at once, does meanwhile what takes the time, and gives every sample. */
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
const RAMP_STEP_MS = 2_500;
/** Before that, answers are still on their way. */
const RAMP_SETTLE_MS = 500;
/** With fewer of the requests served the system takes no more. */
const SERVED_MIN = 0.8;

/**
 * Raises the load until the system takes no more, and gives the most that it served, in answers a
 * second.
 */
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
