import { setTimeout as delay } from "node:timers/promises";
import type { FrontDoor } from "#chaos/load/front-door.ts";
import { type Sample, startOpenLoop } from "#chaos/load/open-loop.ts";
import { ALL_CASES } from "#chaos/routes/all-cases.ts";
import type { World } from "#chaos/routes/world.ts";
import { checkLedger } from "./check-ledger.ts";
import type { Damage } from "./faults.ts";
import type { Timeline } from "./phases.ts";

/** How long each part of a run is, in milliseconds, and how much load there is. */
export interface Pace {
  readonly calmMs: number;
  readonly faultMs: number;
  readonly recoveryMs: number;
  readonly requestsPerSecond: number;
}

/** The first second of a fault, in which it is met and not yet known. */
const ONSET_MS = 1_000;

/** All that was seen of one fault. */
export interface Played {
  readonly samples: readonly Sample[];
  readonly timeline: Timeline;
  /** Contradictions between what was acknowledged and what is there. */
  readonly ledgerFaults: readonly string[];
  readonly acknowledgedCount: number;
}

/** Plays one fault under load: calm, fault, recovery; then compares with the ledger. */
export async function playFault(
  { frontDoor, world }: { readonly frontDoor: FrontDoor; readonly world: World },
  damage: Damage,
  pace: Pace,
): Promise<Played> {
  const { requestsPerSecond } = pace;
  const load = startOpenLoop({ frontDoor, world, cases: ALL_CASES, requestsPerSecond });
  let samples: readonly Sample[] = [];
  let timeline: Timeline;
  try {
    await delay(pace.calmMs);
    const faultMs = performance.now();
    await damage.begin();
    await delay(pace.faultMs);
    const liftMs = performance.now();
    await damage.end();
    timeline = { faultMs, steadyMs: faultMs + ONSET_MS, liftMs, backMs: performance.now() };
    await delay(pace.recoveryMs);
  } finally {
    samples = await load.stop();
  }
  const ledgerFaults = await checkLedger(frontDoor, world);
  return { samples, timeline, ledgerFaults, acknowledgedCount: world.ledger.acknowledgedCount };
}
