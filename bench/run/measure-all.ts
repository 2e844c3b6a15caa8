import type { Loop, Operation } from "#load/load-order.ts";
import { type Sampler, takeSample } from "#measure/take-sample.ts";
import { answers, type Scenario } from "#scenarios/scenario.ts";
import type { MeasuredArm } from "./fleet.ts";
import type { Kind, Measurement } from "./measurement.ts";
import type { RunOptions } from "./options.ts";

/** Latency is measured at this share of what the arm can do: queues form beyond it. */
export const OPEN_LOOP_SHARE = 0.6;
const OPEN_LOOP_CONNECTIONS = 256;
/** The tail needs many operations: p99.9 is one of a thousand. */
const OPEN_LOOP_PATIENCE = 2;
const WARM_UP_MS_MIN = 500;

/** What a run needs, and where its measurements go. */
export interface Run {
  readonly options: RunOptions;
  readonly sampler: Sampler;
  /** Told before each load how many are done, and after each sample what it measured. */
  readonly progress: {
    load(what: string): void;
    measured(measurement: Measurement): void;
  };
}

/** One load: which scenario, how. */
interface Cell {
  readonly scenario: Scenario;
  readonly kind: Kind;
  readonly loop: Loop;
}

/**
 * Measures scenarios on arms that run beside each other. Each scenario goes from arm to arm before
 * the next begins, and the order of the arms turns: what is compared is measured seconds apart.
 */
export async function measureAll(
  run: Run,
  arms: readonly MeasuredArm[],
  scenarios: readonly Scenario[],
): Promise<readonly Measurement[]> {
  for (const arm of arms) await warmUp(run, arm, scenarios);
  const measurements: Measurement[] = [];
  for (let round = 0; round < run.options.rounds; round++) {
    for (const scenario of scenarios) {
      for (const cell of cellsOf(scenario, round, run.options)) {
        for (const arm of turned(arms, round)) {
          if (!answers(arm.running.name, scenario)) continue;
          const loop = cell.kind === "open loop" ? openLoop(arm, cell, measurements) : cell.loop;
          if (loop === undefined) continue;
          const measurement = await measure(run, { arm, round, cell: { ...cell, loop } });
          measurements.push(measurement);
          run.progress.measured(measurement);
        }
      }
    }
  }
  return measurements;
}

/** Counts the samples of a run on an arm, for its progress. */
export function samplesOf(
  arm: string,
  scenarios: readonly Scenario[],
  options: RunOptions,
): number {
  return Array.from({ length: options.rounds }, (_, round) =>
    scenarios
      .filter((scenario) => answers(arm, scenario))
      .reduce((sum, scenario) => sum + cellsOf(scenario, round, options).length, 0),
  ).reduce((sum, count) => sum + count, 0);
}

/** The throughput in each round; the curve and the latency in the first one only: time is short. */
function cellsOf(scenario: Scenario, round: number, options: RunOptions): readonly Cell[] {
  const closed = (connections: number): Cell => ({
    ...{ scenario, kind: "throughput" },
    loop: { kind: "closed", connections },
  });
  const cells = [closed(scenario.connections)];
  if (round > 0) return cells;
  if (scenario.curve) cells.push(...options.curve.map(closed));
  if (scenario.openLoop && options.openLoop) {
    cells.push({ ...closed(OPEN_LOOP_CONNECTIONS), kind: "open loop" });
  }
  return cells;
}

/** The open loop at a share of the peak that was measured in the same round, or none without it. */
function openLoop(
  arm: MeasuredArm,
  { scenario }: Cell,
  measurements: readonly Measurement[],
): Loop | undefined {
  const peak = measurements.findLast(
    (measurement) =>
      measurement.arm === arm.running.name &&
      measurement.scenario === scenario.name &&
      measurement.kind === "throughput" &&
      measurement.connections === scenario.connections,
  )?.sample.perSecond;
  if (peak === undefined || peak === 0) return undefined;
  return { kind: "open", connections: OPEN_LOOP_CONNECTIONS, perSecond: peak * OPEN_LOOP_SHARE };
}

async function measure(
  { options, sampler, progress }: Run,
  { arm, round, cell }: { readonly arm: MeasuredArm; readonly round: number; readonly cell: Cell },
): Promise<Measurement> {
  const { scenario, kind, loop } = cell;
  const { name, url, pids } = arm.running;
  const { connections } = loop;
  progress.load(`${scenario.name} on ${name}, ${connections} connections, round ${round + 1}`);
  const order = {
    ...{ url, loop, warmUpMs: options.settleMs, seed: round + 1 },
    operations: await arm.operations(scenario),
    measureMs:
      options.measureMs * (kind === "open loop" ? OPEN_LOOP_PATIENCE : (scenario.patience ?? 1)),
  };
  const sample = await takeSample(sampler, order, pids);
  return { scenario: scenario.name, arm: name, round, kind, connections, sample };
}

/**
 * Loads each route; the results are thrown away. The first thousands of requests run interpreted
 * code. Scenarios with the same first request share the time of their route.
 */
async function warmUp(
  { options, sampler, progress }: Run,
  arm: MeasuredArm,
  scenarios: readonly Scenario[],
): Promise<void> {
  const { name, url } = arm.running;
  const routes: Route[] = [];
  for (const scenario of scenarios.filter((one) => answers(name, one))) {
    const operations = await arm.operations(scenario);
    const [step] = operations[0]?.steps ?? [];
    routes.push({ scenario, operations, key: `${step?.method} ${step?.path}` });
  }
  const sharing = Map.groupBy(routes, ({ key }) => key);
  for (const { scenario, operations, key } of routes) {
    progress.load(`warming up ${name} with ${scenario.name}`);
    const warmUpMs = Math.max(WARM_UP_MS_MIN, options.warmUpMs / (sharing.get(key)?.length ?? 1));
    const loop = { kind: "closed", connections: scenario.connections } as const;
    const order = { url, operations, seed: 0, loop, warmUpMs, measureMs: 1 };
    await sampler.generator.run(order, { onBegin: () => {}, onEnd: () => {} });
  }
}

/** A scenario, and the route of its first request. */
interface Route {
  readonly scenario: Scenario;
  readonly operations: readonly Operation[];
  readonly key: string;
}

function turned<Value>(values: readonly Value[], by: number): readonly Value[] {
  const start = by % Math.max(1, values.length);
  return [...values.slice(start), ...values.slice(0, start)];
}
