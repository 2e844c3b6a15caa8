import type { CpuTimes } from "./cpu-times.ts";

/** One measurement of one load on one arm. */
export interface Sample {
  readonly perSecond: number;
  /** CPU of each part of the arm, for an operation. */
  readonly cpuMicros: CpuTimes;
  /** Percentiles of the latency of an operation. */
  readonly p50Micros: number;
  readonly p99Micros: number;
  readonly p999Micros: number;
  /** The share of the machine that neither the arm nor the load took. */
  readonly otherWork: number;
  /** The share of its core that the load generator took. */
  readonly generatorShare: number;
  /** What makes the sample invalid: answers with a status that was not expected, or none. */
  readonly faults: readonly string[];
}

/** Beside more than this a sample is taken again. */
export const OTHER_WORK_MAX = 0.05;
/** With more than this the load generator may have been the limit. */
export const GENERATOR_SHARE_MAX = 0.9;

/** Whether other work was small enough that the sample says something about the arm. */
export function isCalm({ otherWork }: Sample): boolean {
  return otherWork <= OTHER_WORK_MAX;
}
