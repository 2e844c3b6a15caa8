import type { AnswerClass } from "#chaos/load/answer-class.ts";
import type { RouteCase } from "#chaos/routes/route-case.ts";
import { SERVICES, type Target } from "#chaos/system/chaos-targets.ts";
import type { Fault } from "./faults.ts";

/** The relations of a part to a route. A service's database has the relation of its service. */
const RELATIONS = ["needs", "decorated by", "without", "balanced"] as const;

/**
 * The relation of a part to a route.
 * - `needs`: there is no answer without the part
 * - `decorated by`: something is missing without it
 * - `without`: the route does not use it
 * - `balanced`: the part is one of two gateways
 */
export type Relation = (typeof RELATIONS)[number];

/** The promise to a client (a service-level objective): the worst that it may see. */
export interface Promised {
  /** The worst class while the fault is new. */
  readonly onset: AnswerClass;
  /** The worst class once the fault is known. */
  readonly steady: AnswerClass;
  /** The latency of 99 of 100 answers, from the onset on. */
  readonly p99Ms: number;
  /** How long after the part's return an answer may be worse than full. */
  readonly recoveryMs: number;
}

/** Returns the relation of a part to a route. */
export function relationOf({ needs, decoratedBy }: RouteCase, target: Target): Relation {
  if (target === "gateway") return "balanced";
  const service = SERVICES.find((one) => target === one || target === `${one}-db`);
  if (service === undefined) return "without";
  if (needs.includes(service)) return "needs";
  return decoratedBy.includes(service) ? "decorated by" : "without";
}

/**
 * Returns how long a fault is new: until then `onset` counts, and then `steady`. Probes must find a
 * gateway that hangs.
 */
export function newsMs(target: Target): number {
  return target === "gateway" ? 2_500 : 1_000;
}

/** The contract's longest timeout of a write, except for passwords and bytes, with a margin. */
const TIMEOUT_MS = 4_000;
/**
 * Routes that may take longer. A password's hash may wait in the queue. A complete upload ends with
 * its last statement, which may run for 5 s. A download that has begun waits for its service to
 * come back, for at most 11 s, or is cut off.
 */
const LONG_TIMEOUTS_MS: Readonly<Record<string, number>> = {
  "POST /v1/users": 11_000,
  "POST /v1/sessions": 11_000,
  "POST /v1/images": 8_000,
  "GET /v1/images/{id}/content": 14_000,
};
/** A breaker probes its callee every 300 ms, and a connection is retried at least every 400 ms. */
const RECOVERY_MS = 2_000;
/** Three probes of a second each, then another attempt. */
const LOST_GATEWAY_MS = 5_000;
/** More than in calm, so that a busy machine does not count as a broken promise. */
const UNDISTURBED_MS = 1_000;

const UNDISTURBED = promise("full", "full", UNDISTURBED_MS, 0);
const DECORATED = promise("partial", "partial", 2_000, RECOVERY_MS);
const NEEDED = promise("refused", "refused", TIMEOUT_MS, RECOVERY_MS);
const ONE_OF_TWO = promise("failed", "full", LOST_GATEWAY_MS, RECOVERY_MS);

/** The promises for every route, by the relation of the damaged part. */
const PROMISES: Readonly<Record<Relation, Readonly<Record<Fault, Promised>>>> = {
  needs: {
    killed: NEEDED,
    frozen: NEEDED,
    slow: NEEDED,
    "black-holed": NEEDED,
    "half-failing": NEEDED,
    refusing: NEEDED,
  },
  "decorated by": {
    killed: DECORATED,
    frozen: DECORATED,
    slow: DECORATED,
    "black-holed": DECORATED,
    "half-failing": DECORATED,
    refusing: DECORATED,
  },
  without: {
    killed: UNDISTURBED,
    frozen: UNDISTURBED,
    slow: UNDISTURBED,
    "black-holed": UNDISTURBED,
    "half-failing": UNDISTURBED,
    refusing: UNDISTURBED,
  },
  // Requests in flight in a dead gateway are lost, unless they may be sent twice, which costs their
  // client time.
  balanced: {
    killed: ONE_OF_TWO,
    frozen: ONE_OF_TWO,
    slow: promise("full", "full", 2_000, RECOVERY_MS),
    "black-holed": ONE_OF_TWO,
    "half-failing": promise("failed", "failed", 2_000, RECOVERY_MS),
    refusing: ONE_OF_TWO,
  },
};

/** Returns the promise for a route while a part is damaged. */
export function promisedOf(routeCase: RouteCase, target: Target, fault: Fault): Promised {
  const promised = PROMISES[relationOf(routeCase, target)][fault];
  const longMs = LONG_TIMEOUTS_MS[routeCase.route] ?? 0;
  const isWaitedFor = relationOf(routeCase, target) === "needs";
  return isWaitedFor ? { ...promised, p99Ms: Math.max(promised.p99Ms, longMs) } : promised;
}

function promise(
  onset: AnswerClass,
  steady: AnswerClass,
  p99Ms: number,
  recoveryMs: number,
): Promised {
  return { onset, steady, p99Ms, recoveryMs };
}
