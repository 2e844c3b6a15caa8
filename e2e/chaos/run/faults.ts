import type { LinkMode } from "#chaos/proxy/link-mode.ts";
import type { ChaosSystem } from "#chaos/system/chaos-system.ts";
import { SERVICES, type Target } from "#chaos/system/chaos-targets.ts";

/** The faults that the suite injects into a part. */
export const FAULTS = [
  "killed",
  "frozen",
  "slow",
  "black-holed",
  "half-failing",
  "refusing",
] as const;

/** The name of a fault. */
export type Fault = (typeof FAULTS)[number];

/** The added latency of each message. A call and its answer take twice as long. */
export const SLOW_MS = 100;

/** Fault injection: begins and ends a fault. */
interface FaultInjection {
  begin(): Promise<void>;
  /** Returns once the part is back. After a kill, that is once it is ready. */
  end(): Promise<void>;
}

/** Returns the process of a target: the first, if there are several replicas. */
export function processOf(target: Target): string {
  return target === "gateway" || SERVICES.some((one) => one === target) ? `${target}-1` : target;
}

/** Prepares a fault of a part. */
export function faultInjectionOf(
  system: ChaosSystem,
  target: Target,
  fault: Fault,
): FaultInjection {
  const name = processOf(target);
  const process = system.process(name);
  const link = system.link(name);
  if (fault === "killed") {
    return {
      async begin() {
        await process.kill();
        // Nothing listens any more. The worker has no caller, and needs its link to come back.
        if (target !== "images-worker") await link.setMode({ kind: "refusing" });
      },
      async end() {
        await process.start();
        await process.untilReady();
        await link.setMode({ kind: "pass" });
      },
    };
  }
  if (fault === "frozen") {
    return { begin: () => system.freeze(name), end: () => system.thaw(name) };
  }
  return {
    begin: () => link.setMode(LINK_MODES[fault]),
    end: () => link.setMode({ kind: "pass" }),
  };
}

const LINK_MODES = {
  slow: { kind: "slow", delayMs: SLOW_MS },
  "black-holed": { kind: "black-holed" },
  "half-failing": { kind: "half-failing" },
  refusing: { kind: "refusing" },
} as const satisfies Record<Exclude<Fault, "killed" | "frozen">, LinkMode>;
