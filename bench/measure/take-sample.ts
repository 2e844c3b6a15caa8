import { availableParallelism } from "node:os";
import { LatencyHistogram } from "#load/latency-histogram.ts";
import type { LoadGenerator } from "#load/load-generator.ts";
import type { LoadOrder, LoadResult } from "#load/load-order.ts";
import { type CpuReading, cpuBetween, readCpu, sumOf } from "./cpu-times.ts";
import { isCalm, type Sample } from "./sample.ts";

/** How often a sample is taken again beside other work. */
const RETAKES_MAX = 3;

/** What takes samples. */
export interface Sampler {
  readonly generator: LoadGenerator;
  /** How long samples may still be taken again, over the whole run. */
  readonly patience: Patience;
}

/** The time that is left for samples beside which other work ran. */
export class Patience {
  #leftMs: number;

  constructor(ms: number) {
    this.#leftMs = ms;
  }

  /** Takes time, if there is enough. */
  take(ms: number): boolean {
    if (ms > this.#leftMs) return false;
    this.#leftMs -= ms;
    return true;
  }
}

/**
 * Measures a load on an arm. A sample beside other work is taken again while patience lasts; of
 * several the calmest is kept.
 */
export async function takeSample(
  { generator, patience }: Sampler,
  order: LoadOrder,
  roots: readonly number[],
): Promise<Sample> {
  let best = await takeOnce(generator, order, roots);
  for (let retake = 0; retake < RETAKES_MAX && !isCalm(best); retake++) {
    if (!patience.take(order.warmUpMs + order.measureMs)) break;
    const sample = await takeOnce(generator, { ...order, seed: order.seed + retake + 1 }, roots);
    if (sample.otherWork < best.otherWork) best = sample;
  }
  return best;
}

async function takeOnce(
  generator: LoadGenerator,
  order: LoadOrder,
  roots: readonly number[],
): Promise<Sample> {
  const readings: CpuReading[] = [];
  const own = process.cpuUsage();
  const read = () => readings.push(readCpu(roots));
  const result = await generator.run(order, { onBegin: read, onEnd: read });
  const { user, system } = process.cpuUsage(own);
  const arm = between(readings);
  const generatorMicros = result.generatorShare * result.elapsedMs * 1_000;
  const ours = sumOf(arm.groups) + generatorMicros + user + system;
  return toSample(result, arm, Math.max(0, arm.machineMicros - ours));
}

function between([before, after]: readonly CpuReading[]): CpuReading {
  if (before === undefined || after === undefined) throw new Error("the load was not measured");
  return cpuBetween(before, after);
}

function toSample(result: LoadResult, arm: CpuReading, otherMicros: number): Sample {
  const latency = LatencyHistogram.from(result.latency);
  const machineMicros = result.elapsedMs * 1_000 * availableParallelism();
  const operations = Math.max(1, result.operations);
  return {
    perSecond: (result.operations / result.elapsedMs) * 1_000,
    cpuMicros: Object.fromEntries(
      Object.entries(arm.groups).map(([group, micros]) => [group, micros / operations]),
    ),
    p50Micros: latency.percentile(0.5),
    p99Micros: latency.percentile(0.99),
    p999Micros: latency.percentile(0.999),
    otherWork: otherMicros / machineMicros,
    generatorShare: result.generatorShare,
    faults: faultsOf(result),
  };
}

function faultsOf({ unexpected, unanswered, operations }: LoadResult): string[] {
  const faults = Object.entries(unexpected).map(([answer, count]) => `${count} × ${answer}`);
  if (unanswered > 0) faults.push(`${unanswered} × no answer`);
  if (operations === 0) faults.push("nothing succeeded");
  return faults;
}
