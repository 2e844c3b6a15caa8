import type { Sample } from "#measure/sample.ts";

/** How the load of a sample was given. */
export type Kind = "throughput" | "open loop";

/** A sample, and what it is of. */
export interface Measurement {
  readonly scenario: string;
  readonly arm: string;
  readonly round: number;
  readonly kind: Kind;
  readonly connections: number;
  readonly sample: Sample;
}
