import type { CalleeHealth } from "@triptych/chassis/rpc/transport";
import type { ServiceStatus } from "#schemas/status.ts";
import type { BreakerReading, BreakerRegistry } from "./breaker-registry.ts";

/** How long a reading is cached: many clients may look, and each service is probed once. */
const FRESH_MS = 1_000;
/** The timeout of a probe: as long as most calls may take, so that a slow service is not *down*. */
const HEALTH_TIMEOUT_MS = 1_000;
/** A service that is up answers in a few milliseconds. One that takes longer than this is slow. */
const SLOW_MS = 500;
/**
 * How long a *down* reading is served while it is refreshed: nobody waits twice for a service that
 * hangs.
 */
const DOWN_SHOWN_MS = 3_000;

/** Probes the health of a callee. Rejects if it is unreachable. */
export type ProbeHealth = (timeoutMs: number) => Promise<CalleeHealth>;

/** Reports the state of every service. */
export interface StatusBoard {
  read(): Promise<readonly ServiceStatus[]>;
}

/** Creates a board. It probes when it is read, and stores since when each state has lasted. */
export function createStatusBoard(
  services: Readonly<Record<ServiceStatus["name"], ProbeHealth>>,
  breakers: BreakerRegistry,
): StatusBoard {
  const names = Object.keys(services) as ServiceStatus["name"][];
  const rows = names.map((name) => new BoardRow(name, services[name], breakers));
  return { read: () => Promise.all(rows.map((row) => row.read())) };
}

class BoardRow {
  readonly #name: ServiceStatus["name"];
  readonly #probe: ProbeHealth;
  readonly #breakers: BreakerRegistry;
  #probedAt = Number.NEGATIVE_INFINITY;
  #probed: Promise<ServiceStatus> | undefined;
  #known: { readonly status: ServiceStatus; readonly at: number } | undefined;

  constructor(name: ServiceStatus["name"], probe: ProbeHealth, breakers: BreakerRegistry) {
    this.#name = name;
    this.#probe = probe;
    this.#breakers = breakers;
  }

  async read(): Promise<ServiceStatus> {
    if (this.#probed === undefined || performance.now() - this.#probedAt >= FRESH_MS) {
      this.#probedAt = performance.now();
      this.#probed = this.#find();
    }
    return this.#knownDown() ?? (await this.#probed);
  }

  #knownDown(): ServiceStatus | undefined {
    if (this.#known?.status.state !== "down") return undefined;
    return performance.now() - this.#known.at < DOWN_SHOWN_MS ? this.#known.status : undefined;
  }

  async #find(): Promise<ServiceStatus> {
    const readings = this.#breakers.breakersOf(this.#name);
    const startMs = performance.now();
    const health = await this.#probe(HEALTH_TIMEOUT_MS).catch(() =>
      // A service may be too slow for its health check, and still answer those who wait longer.
      this.#breakers.hasAnsweredSince(this.#name, startMs) ? "answering" : "unreachable",
    );
    const isSlow = performance.now() - startMs > SLOW_MS;
    const state = stateOf(health, isSlow, readings);
    const before = this.#known?.status;
    const since = before?.state === state ? before.since : new Date().toISOString();
    const status = { name: this.#name, state, since, breakers: [...readings] };
    this.#known = { status, at: performance.now() };
    return status;
  }
}

function stateOf(
  health: CalleeHealth | "answering" | "unreachable",
  isSlow: boolean,
  breakers: readonly BreakerReading[],
): ServiceStatus["state"] {
  if (health === "unreachable") return "down";
  // A half-open breaker lets the next call through. After an outage the breaker of a rare method
  // stays half-open for long.
  const refusing = breakers.some(({ state }) => state === "open");
  return health === "serving" && !isSlow && !refusing ? "up" : "degraded";
}
