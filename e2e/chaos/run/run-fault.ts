import { setTimeout as delay } from "node:timers/promises";
import { type Sample, startOpenLoop } from "#chaos/load/open-loop.ts";
import { ALL_CASES } from "#chaos/routes/all-cases.ts";
import type { Target } from "#chaos/system/targets.ts";
import type { Stage } from "./chaos-environment.ts";
import { checkLedger } from "./check-ledger.ts";
import { damageOf, type Fault } from "./faults.ts";
import type { Timeline } from "./phases.ts";
import { newsMs } from "./promises.ts";

/** How long each part of a run is, in milliseconds, and how much load there is. */
export interface Pace {
  readonly calmMs: number;
  readonly faultMs: number;
  readonly recoveryMs: number;
  readonly requestsPerSecond: number;
}

/** All that was seen of one fault. */
export interface Played {
  readonly samples: readonly Sample[];
  readonly timeline: Timeline;
  /** Contradictions between what was acknowledged and what is there. */
  readonly ledgerFaults: readonly string[];
  readonly acknowledgedCount: number;
}

/** Which fault of which part. */
export interface Play {
  readonly target: Target;
  readonly fault: Fault;
}

/**
 * Plays one fault of one part under load: calm, fault, recovery; then compares with the ledger.
 * Throws the signal's reason once it fires.
 */
export async function playFault(
  stage: Stage,
  { target, fault }: Play,
  { signal, ...pace }: Pace & { readonly signal?: AbortSignal },
): Promise<Played> {
  const { system, frontDoor } = stage;
  const world = await stage.makeWorld();
  const damage = damageOf(system, target, fault);
  const { requestsPerSecond } = pace;
  const load = startOpenLoop({ frontDoor, world, cases: ALL_CASES, requestsPerSecond });
  let samples: readonly Sample[] = [];
  let timeline: Timeline;
  try {
    await delay(pace.calmMs, undefined, { signal });
    const faultMs = performance.now();
    await damage.begin();
    await delay(pace.faultMs, undefined, { signal });
    const liftMs = performance.now();
    await damage.end();
    const steadyMs = faultMs + newsMs(target);
    timeline = { faultMs, steadyMs, liftMs, backMs: performance.now() };
    await delay(pace.recoveryMs, undefined, { signal });
  } finally {
    samples = await load.stop();
  }
  const ledgerFaults = await checkLedger(frontDoor, world);
  return { samples, timeline, ledgerFaults, acknowledgedCount: world.ledger.acknowledgedCount };
}
