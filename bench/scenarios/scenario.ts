import type { Operation } from "#load/load-order.ts";
import type { World } from "#world/world.ts";

/** What a scenario is prepared on: an arm that answers, with the world that it serves. */
export interface Target {
  readonly url: string;
  readonly world: World;
  /** An access token of each of the first users of the world. */
  readonly tokens: readonly string[];
}

/** A kind of load: what it sends, and how it is measured. */
export interface Scenario {
  /** What `--scenarios` calls it: `image`, `image-signed-in`. */
  readonly name: string;
  readonly title: string;
  /** Which world it needs. */
  readonly world: "default" | "big";
  /** Connections of the closed loop that finds its throughput. */
  readonly connections: number;
  /** Whether `--quick` measures it. */
  readonly quick?: boolean;
  /** Whether it is measured at other numbers of connections too. */
  readonly curve?: boolean;
  /** Whether its latency is measured with an open loop. */
  readonly openLoop?: boolean;
  /** The roofs that answer it: programs that do nothing but this. */
  readonly roofs?: readonly Roof[];
  /** How many times longer than the others it is measured, if few operations fit. */
  readonly patience?: number;
  /** Prepares what is sent to this target. */
  prepare(target: Target): Promise<readonly Operation[]>;
}

const ROOFS = ["bare-fastify", "bare-node", "bare-select"] as const;
/** The name of an arm that is no system, but shows how fast one could be. */
export type Roof = (typeof ROOFS)[number];

/** Returns whether an arm is a roof. */
export function isRoof(arm: string): arm is Roof {
  return ROOFS.some((roof) => roof === arm);
}

/** Returns whether an arm answers a scenario. A roof answers one or two routes only. */
export function answers(arm: string, { roofs = [] }: Scenario): boolean {
  return !isRoof(arm) || roofs.includes(arm);
}

/** The number of connections at which everything is compared. */
export const CONNECTIONS_DEFAULT = 64;

/** What each operation of a scenario has, unless it says otherwise. */
export const ONCE = { weight: 1, distribution: "uniform" } as const;
