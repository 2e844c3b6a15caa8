import { setTimeout as delay } from "node:timers/promises";
import { type Sample, startOpenLoop } from "#chaos/load/open-loop.ts";
import { ALL_CASES } from "#chaos/routes/all-cases.ts";
import type { Target } from "#chaos/system/chaos-targets.ts";
import type { ChaosEnvironment } from "./chaos-environment.ts";
import { checkLedger } from "./check-ledger.ts";
import { type Fault, faultInjectionOf } from "./faults.ts";
import type { Timeline } from "./phases.ts";
import { newsMs } from "./promises.ts";

/** The duration of each phase of a run, and the rate of the load. */
export interface Pace {
  readonly calmMs: number;
  readonly faultMs: number;
  readonly recoveryMs: number;
  readonly requestsPerSecond: number;
}

/** The observations of one fault. */
export interface FaultRun {
  readonly samples: readonly Sample[];
  readonly timeline: Timeline;
  /** Contradictions between the ledger and the final state. */
  readonly ledgerViolations: readonly string[];
  readonly acknowledgedCount: number;
}

/** A fault of a part. */
export interface FaultCase {
  readonly target: Target;
  readonly fault: Fault;
}

/**
 * Runs one fault of one part under load: calm, fault, recovery. Then compares with the ledger.
 * Throws the signal's reason once it fires.
 */
export async function runFault(
  environment: ChaosEnvironment,
  { target, fault }: FaultCase,
  { signal, ...pace }: Pace & { readonly signal?: AbortSignal },
): Promise<FaultRun> {
  const { system, balancer } = environment;
  const seedData = await environment.createSeedData();
  const injection = faultInjectionOf(system, target, fault);
  const { requestsPerSecond } = pace;
  const load = startOpenLoop({ balancer, seedData, cases: ALL_CASES, requestsPerSecond });
  let samples: readonly Sample[] = [];
  let timeline: Timeline;
  try {
    await delay(pace.calmMs, undefined, { signal });
    const faultMs = performance.now();
    await injection.begin();
    await delay(pace.faultMs, undefined, { signal });
    const liftMs = performance.now();
    await injection.end();
    const steadyMs = faultMs + newsMs(target);
    timeline = { faultMs, steadyMs, liftMs, backMs: performance.now() };
    await delay(pace.recoveryMs, undefined, { signal });
  } finally {
    samples = await load.stop();
  }
  const ledgerViolations = await checkLedger(balancer, seedData);
  return {
    samples,
    timeline,
    ledgerViolations,
    acknowledgedCount: seedData.ledger.acknowledgedCount,
  };
}
