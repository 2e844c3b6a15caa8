import { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import type { MethodPolicy } from "#contract/method-policy.ts";
import type { RpcError } from "#contract/rpc-error.ts";
import type { Metrics } from "#telemetry/metrics.ts";
import { ConcurrencyLimit } from "./concurrency-limit.ts";
import { EventLoopLag } from "./event-loop-lag.ts";
import { overloaded } from "./overloaded.ts";

/** A call that asks for admission. */
export interface AdmissionRequest {
  /** The name that its baseline latency is learnt under. */
  readonly method: string;
  readonly criticality: Criticality;
  /**
   * Whether it carries no token. The token is verified after admission, since that costs more than
   * a refusal.
   */
  readonly isAnonymous: boolean;
}

/** The right of one call to be worked on. */
export interface Permit {
  /**
   * Counts the call for its user, once that user is known. Throws as {@link Admission.admit} does
   * if the user already holds a full share.
   */
  countFor(userId: string): void;
  /**
   * Ends the call. Must be called once. The latency of an answered call is learnt; a passed
   * deadline shows that the call takes longer than that; a call that failed or was given up shows
   * nothing.
   */
  release(outcome: Outcome): void;
}

/** How a call ended, as far as its latency shows something. */
export type Outcome = "answered" | "timed-out" | "ignored";
/** The ranks of calls, in the order in which they are shed. */
export type ShedRank = "sheddable-anonymous" | "sheddable" | "default" | "critical";
/**
 * Why a call was shed: too many calls, a late event loop, or too many calls of one user.
 */
export type ShedCause = "limit" | "lag" | "user";

/** Called for each call that was shed. */
export type ObserveShed = (shed: {
  readonly method: string;
  readonly rank: ShedRank;
  readonly cause: ShedCause;
}) => void;

/**
 * The share of the limit that a rank may fill, and the lag of the event loop from which it is shed.
 * Critical calls may exceed the limit: all lower ranks have made room by then, and admitted calls
 * are never ended.
 */
const RANKS = {
  "sheddable-anonymous": { share: 0.6, lagMs: 400 },
  sheddable: { share: 0.7, lagMs: 600 },
  default: { share: 0.85, lagMs: 1_000 },
  critical: { share: 2, lagMs: 2_000 },
} as const satisfies Record<ShedRank, { readonly share: number; readonly lagMs: number }>;

/** Above this part of the limit the process is busy, ... */
const BUSY_SHARE = 0.5;
/** ... and while it is, no user holds more than this part of the limit. */
const USER_SHARE = 0.5;
/**
 * A call with less than this part of its method's baseline latency left is refused. Not 1, since
 * some calls take less than most.
 */
const BASELINE_SHARE_NEEDED = 0.5;

/**
 * Methods with a longer timeout wait for something of their own: a client's connection, or the
 * hashing queue.
 */
const LIMITED_TIMEOUT_MS_MAX = 5_000;

/**
 * Whether calls of a method count against the limit while they are answered. Long ones do not: they
 * mostly wait, services bound their number by other means, and many sign-ins at once must not keep
 * others from reading.
 */
export function isLimited({ timeoutMs }: Pick<MethodPolicy, "timeoutMs">): boolean {
  return timeoutMs <= LIMITED_TIMEOUT_MS_MAX;
}

/**
 * Admission control, or load shedding: refuses calls beyond what the process can answer in time,
 * the least important first. docs/decisions/0007 says how and why.
 */
export class Admission {
  readonly #limit: ConcurrencyLimit;
  readonly #lag: Pick<EventLoopLag, "milliseconds" | "watch">;
  readonly #observe: ObserveShed;
  readonly #users = new Map<string, number>();
  #inFlight = 0;

  constructor(
    observe: ObserveShed,
    limit = new ConcurrencyLimit(),
    lag: Pick<EventLoopLag, "milliseconds" | "watch"> = new EventLoopLag(),
  ) {
    this.#observe = observe;
    this.#limit = limit;
    this.#lag = lag;
  }

  /** How many calls are in flight. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** How many calls may be in flight. */
  get limit(): number {
    return this.#limit.value;
  }

  /** The lag of the event loop. */
  get lagMs(): number {
    return this.#lag.milliseconds;
  }

  /**
   * Whether a call with so many milliseconds left could be answered in them, by its method's
   * baseline latency. True for a method without one.
   */
  hasTimeFor(method: string, leftMs: number): boolean {
    return leftMs > this.#baselineMs(method) * BASELINE_SHARE_NEEDED;
  }

  /** Throws RESOURCE_EXHAUSTED, `OVERLOADED`, if a call would not be admitted now. */
  check(request: AdmissionRequest): void {
    const { method } = request;
    const rank = rankOf(request);
    const { share, lagMs } = RANKS[rank];
    if (this.lagMs > lagMs) throw this.#refuse(method, rank, "lag");
    if (this.#inFlight >= this.limit * share) throw this.#refuse(method, rank, "limit");
  }

  /** Admits a call. Throws as {@link check} does. */
  admit(request: AdmissionRequest): Permit {
    const { method } = request;
    const rank = rankOf(request);
    this.check(request);
    this.#inFlight += 1;
    this.#lag.watch(() => this.#inFlight === 0);

    const startMs = performance.now();
    let countedFor: string | undefined;
    return {
      countFor: (userId) => {
        if (this.#hasShare(userId)) throw this.#refuse(method, rank, "user");
        countedFor = userId;
        this.#users.set(userId, this.#countOf(userId) + 1);
      },
      release: (outcome) => {
        const { inFlight } = this;
        this.#inFlight -= 1;
        if (countedFor !== undefined) this.#giveBack(countedFor);
        const ms = performance.now() - startMs;
        const tells =
          outcome === "answered" || (outcome === "timed-out" && ms > this.#baselineMs(method));
        if (tells) this.#limit.learn(method, ms, inFlight);
      },
    };
  }

  #baselineMs(method: string): number {
    return this.#limit.baselineMs(method) ?? 0;
  }

  #countOf(userId: string): number {
    return this.#users.get(userId) ?? 0;
  }

  #hasShare(userId: string): boolean {
    const isBusy = this.#inFlight > this.limit * BUSY_SHARE;
    return isBusy && this.#countOf(userId) >= this.limit * USER_SHARE;
  }

  #giveBack(userId: string): void {
    const left = this.#countOf(userId) - 1;
    if (left > 0) this.#users.set(userId, left);
    else this.#users.delete(userId);
  }

  #refuse(method: string, rank: ShedRank, cause: ShedCause): RpcError {
    this.#observe({ method, rank, cause });
    return overloaded();
  }
}

/** The admission control of a process, or of one service in it, shown by its metrics. */
export function createAdmission(metrics: Metrics): Admission {
  const admission = new Admission((shed) => metrics.server.shed.inc(shed));
  metrics.server.watchAdmission(admission);
  return admission;
}

function rankOf({ criticality, isAnonymous }: AdmissionRequest): ShedRank {
  if (criticality === Criticality.CRITICAL) return "critical";
  if (criticality !== Criticality.SHEDDABLE) return "default";
  return isAnonymous ? "sheddable-anonymous" : "sheddable";
}
