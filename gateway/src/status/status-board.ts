import type { CalleeHealth } from "@triptych/chassis/rpc/transport";
import type { ServiceStatus } from "#schemas/status.ts";
import type { BreakerReading, BreakerRegistry } from "./breaker-registry.ts";

/** How long a reading is given again without asking, in milliseconds: many may look, and few are asked. */
const FRESH_MS = 1_000;
/** A neighbour that is up answers in a few milliseconds. */
const HEALTH_TIMEOUT_MS = 500;

/** Asks a callee how it is. Rejects if it cannot be reached. */
export type AskHealth = (timeoutMs: number) => Promise<CalleeHealth>;

/** Tells how every service does. */
export interface StatusBoard {
  read(): Promise<readonly ServiceStatus[]>;
}

/** Makes a board that asks when it is read, and remembers since when a service has been as it is. */
export function createStatusBoard(
  services: Readonly<Record<ServiceStatus["name"], AskHealth>>,
  breakers: BreakerRegistry,
): StatusBoard {
  const known = new Map<string, Pick<ServiceStatus, "state" | "since">>();
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<readonly ServiceStatus[]> = Promise.resolve([]);

  async function readOne(name: ServiceStatus["name"]): Promise<ServiceStatus> {
    const readings = breakers.breakersOf(name);
    const health = await services[name](HEALTH_TIMEOUT_MS).catch(() => "unreachable" as const);
    const state = stateOf(health, readings);
    const before = known.get(name);
    const since = before?.state === state ? before.since : new Date().toISOString();
    known.set(name, { state, since });
    return { name, state, since, breakers: [...readings] };
  }

  return {
    read() {
      if (performance.now() - readAt >= FRESH_MS) {
        readAt = performance.now();
        const names = Object.keys(services) as ServiceStatus["name"][];
        reading = Promise.all(names.map(readOne));
      }
      return reading;
    },
  };
}

function stateOf(
  health: CalleeHealth | "unreachable",
  breakers: readonly BreakerReading[],
): ServiceStatus["state"] {
  if (health === "unreachable") return "down";
  // A half-open breaker lets the next call through: after an outage those of rare methods stay so for long.
  const refusing = breakers.some(({ state }) => state === "open");
  return health === "serving" && !refusing ? "up" : "degraded";
}
