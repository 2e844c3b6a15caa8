import { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import type { FailurePolicySwitch } from "#contract/method-policy.ts";
import type { RpcError } from "#contract/rpc-error.ts";
import type { Metrics } from "#telemetry/metrics.ts";
import { ConcurrencyLimit } from "./concurrency-limit.ts";
import { EventLoopLag } from "./event-loop-lag.ts";
import { overloaded } from "./overloaded.ts";
import { Throughput } from "./throughput.ts";

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

/** How much of a process a rank may use. */
interface RankLimits {
  /** The share of the limit that it may fill without a question. */
  readonly share: number;
  /** The lag of the event loop up to which it is admitted without a question. */
  readonly lagMs: number;
  /** Beyond either it may queue, if the queue takes no larger part of its remaining time. */
  readonly patience: number;
}

/**
 * The limits of each rank. Critical calls may exceed the limit: all lower ranks have made room by
 * then, and admitted calls are never ended.
 */
const RANKS = {
  "sheddable-anonymous": { share: 0.6, lagMs: 400, patience: 0.4 },
  sheddable: { share: 0.7, lagMs: 600, patience: 0.5 },
  default: { share: 0.85, lagMs: 1_000, patience: 0.6 },
  critical: { share: 2, lagMs: 2_000, patience: 0.8 },
} as const satisfies Record<ShedRank, RankLimits>;

/** The queue has an end, whatever its speed: this many times a rank's share, or lag. */
const QUEUE_FACTOR = 2;

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
 * Admission control, or load shedding: refuses calls that the process could not answer in time, the
 * least important first. What it can answer waits in the queues of the process: the event loop's
 * and the connection pool's. docs/decisions/0007 says how and why.
 */
export class Admission {
  readonly #limit: ConcurrencyLimit;
  readonly #lag: Pick<EventLoopLag, "milliseconds" | "watch">;
  readonly #observe: ObserveShed;
  readonly #throughput = new Throughput();
  readonly #users = new Map<string, number>();
  readonly #isIdle = () => this.#inFlight === 0;
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

  /**
   * Throws RESOURCE_EXHAUSTED, `OVERLOADED`, if a call with so many milliseconds left would not be
   * admitted now.
   */
  check(method: string, rank: ShedRank, leftMs: number): void {
    const cause = this.#excess(rank, 1);
    if (cause === undefined) return;
    const isHopeful = this.#throughput.msFor(this.#inFlight) < leftMs * RANKS[rank].patience;
    if (isHopeful && this.#excess(rank, QUEUE_FACTOR) === undefined) return;
    throw this.#refuse(method, rank, cause);
  }

  /**
   * Admits a call; its method's baseline latency is learnt under that name. Throws as {@link check}
   * does.
   */
  admit(method: string, rank: ShedRank, leftMs: number): Permit {
    this.check(method, rank, leftMs);
    this.#inFlight += 1;
    this.#lag.watch(this.#isIdle);
    return new Permit(this, method, rank);
  }

  /**
   * Counts a call for its user. Throws as {@link check} does if the user already holds a full
   * share. Called by a permit alone.
   */
  countFor({ method, rank }: Permit, userId: string): void {
    if (this.#hasShare(userId)) throw this.#refuse(method, rank, "user");
    this.#users.set(userId, this.#countOf(userId) + 1);
  }

  /** Ends a call. Called by a permit alone. */
  release({ method, startMs, userId }: Permit, outcome: Outcome): void {
    const { inFlight } = this;
    this.#inFlight -= 1;
    if (userId !== undefined) this.#giveBack(userId);
    const ms = performance.now() - startMs;
    const tells =
      outcome === "answered" || (outcome === "timed-out" && ms > this.#baselineMs(method));
    if (tells) this.#limit.learn(method, ms, inFlight);
    if (outcome === "answered") this.#throughput.count();
  }

  /** By what the process is busier than this many times what a rank may use, if it is. */
  #excess(rank: ShedRank, factor: number): "lag" | "limit" | undefined {
    const { share, lagMs } = RANKS[rank];
    if (this.lagMs > lagMs * factor) return "lag";
    return this.#inFlight >= this.limit * share * factor ? "limit" : undefined;
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

/**
 * Creates the admission control of a process, or of one service in it, with its metrics. Undefined
 * while the failure policy is off: everything is then admitted.
 */
export function createAdmission(
  metrics: Metrics,
  failurePolicy: FailurePolicySwitch,
): Admission | undefined {
  if (failurePolicy === "off") return undefined;
  const admission = new Admission((shed) => metrics.server.shed.inc(shed));
  metrics.server.watchAdmission(admission);
  return admission;
}

/** The right of one call to be worked on. */
export class Permit {
  readonly method: string;
  readonly rank: ShedRank;
  readonly startMs = performance.now();
  readonly #admission: Admission;
  #userId: string | undefined;

  constructor(admission: Admission, method: string, rank: ShedRank) {
    this.#admission = admission;
    this.method = method;
    this.rank = rank;
  }

  /** The user whose share the call is counted in; undefined if it is counted in none. */
  get userId(): string | undefined {
    return this.#userId;
  }

  /**
   * Counts the call for its user, once that user is known. Throws as {@link Admission.admit} does
   * if the user already holds a full share.
   */
  countFor(userId: string): void {
    this.#admission.countFor(this, userId);
    this.#userId = userId;
  }

  /**
   * Ends the call. Must be called once. The latency of an answered call is learnt; a passed
   * deadline shows that the call takes longer than that; a call that failed or was given up shows
   * nothing.
   */
  release(outcome: Outcome): void {
    this.#admission.release(this, outcome);
  }
}

/**
 * Returns the rank of a call. Whether it carries a token counts, and not whether that is good: the
 * token is verified after admission, since that costs more than a refusal.
 */
export function shedRankOf(criticality: Criticality, isAnonymous: boolean): ShedRank {
  if (criticality === Criticality.CRITICAL) return "critical";
  if (criticality !== Criticality.SHEDDABLE) return "default";
  return isAnonymous ? "sheddable-anonymous" : "sheddable";
}
