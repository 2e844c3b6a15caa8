import type { AnswerClass } from "#chaos/load/answer-class.ts";
import type { RouteCase } from "#chaos/routes/route-case.ts";
import { SERVICES, type Target } from "#chaos/system/chaos-targets.ts";
import type { Fault } from "./faults.ts";

/** What a part is to a route. A service's database is what the service is. */
const RELATIONS = ["needs", "decorated by", "without", "balanced"] as const;

/**
 * `needs`: there is no answer without the part. `decorated by`: something is missing without it.
 * `without`: the route does not notice. `balanced`: the part is one of two gateways.
 */
export type Relation = (typeof RELATIONS)[number];

/** The worst that a client may see. */
export interface Promised {
  /** While the fault is met. */
  readonly onset: AnswerClass;
  /** Once it is known. */
  readonly steady: AnswerClass;
  /** The latency that 99 of 100 answers keep, in milliseconds, in onset and after. */
  readonly p99Ms: number;
  /** How long after the part's return an answer may be worse than full, in milliseconds. */
  readonly recoveryMs: number;
}

/** Finds out what a part is to a route. */
export function relationOf({ needs, decoratedBy }: RouteCase, target: Target): Relation {
  if (target === "gateway") return "balanced";
  const service = SERVICES.find((one) => target === one || target === `${one}-db`);
  if (service === undefined) return "without";
  if (needs.includes(service)) return "needs";
  return decoratedBy.includes(service) ? "decorated by" : "without";
}

/**
 * How long a fault is news: until then `onset` counts, and then `steady`. A gateway that hangs is
 * found by its probes.
 */
export function newsMs(target: Target): number {
  return target === "gateway" ? 2_500 : 1_000;
}

/**
 * The most that a write may take: the contract's longest timeout but for passwords and bytes, and
 * some more.
 */
const TIMEOUT_MS = 4_000;
/**
 * How much longer routes may take: a password's hash may wait for its turn, an upload that is all
 * there ends with its last statement, which may run for 5 s, and a download that has begun to
 * arrive waits for its service to come back, which takes 11 s at most, or is broken off.
 */
const LONG_TIMEOUTS_MS: Readonly<Record<string, number>> = {
  "POST /v1/users": 11_000,
  "POST /v1/sessions": 11_000,
  "POST /v1/images": 8_000,
  "GET /v1/images/{id}/content": 14_000,
};
/**
 * A breaker looks for its callee every 300 ms, and a connection is tried again at least every 400
 * ms.
 */
const RECOVERY_MS = 2_000;
/** Three probes of a second each, then another try. */
const LOST_GATEWAY_MS = 5_000;
/** More than calm takes, so that a busy machine is not taken for a broken promise. */
const UNDISTURBED_MS = 1_000;

const UNDISTURBED = promise("full", "full", UNDISTURBED_MS, 0);
const DECORATED = promise("partial", "partial", 2_000, RECOVERY_MS);
const NEEDED = promise("refused", "refused", TIMEOUT_MS, RECOVERY_MS);
const ONE_OF_TWO = promise("failed", "full", LOST_GATEWAY_MS, RECOVERY_MS);

/** What is promised of every route, by what the damaged part is to it. */
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
  // What was under way in a gateway that is gone is lost, unless it may be sent twice: that costs
  // its client time.
  balanced: {
    killed: ONE_OF_TWO,
    frozen: ONE_OF_TWO,
    slow: promise("full", "full", 2_000, RECOVERY_MS),
    "black-holed": ONE_OF_TWO,
    "half-failing": promise("failed", "failed", 2_000, RECOVERY_MS),
    refusing: ONE_OF_TWO,
  },
};

/** What is promised of a route while a part is damaged. */
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
