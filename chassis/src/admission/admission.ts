import { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import type { MethodPolicy } from "#contract/method-policy.ts";
import type { RpcError } from "#contract/rpc-error.ts";
import { ConcurrencyLimit } from "./concurrency-limit.ts";
import { EventLoopLag } from "./event-loop-lag.ts";
import { overloaded } from "./overloaded.ts";

/** What admission is told of a call. */
export interface Applicant {
  /** What the call is to: its calm latency is learnt by this name. */
  readonly method: string;
  readonly criticality: Criticality;
  /**
   * Whether it comes without a token. Whether a token is good is looked at later: that costs more
   * than a refusal.
   */
  readonly isAnonymous: boolean;
}

/** A call that was let in. */
export interface Admitted {
  /**
   * Says for whom it is, once that is known. Throws as {@link Admission.admit} does if the user has
   * more than a share.
   */
  claim(userId: string): void;
  /**
   * Says that the call is over; once. Of a call that was answered, latency is learnt; of one whose
   * deadline passed, that it takes longer than that; of one that was given up, or failed, nothing.
   */
  release(outcome: Outcome): void;
}

/** How a call ended, as far as its latency tells something. */
export type Outcome = "answered" | "timed-out" | "ignored";
/** Who is refused first, in this order. */
export type ShedRank = "sheddable-anonymous" | "sheddable" | "default" | "critical";
/** What there was too much of. */
export type ShedCause = "limit" | "lag" | "user";

/** Told of each call that was refused, and why. */
export type ObserveShed = (shed: {
  readonly method: string;
  readonly rank: ShedRank;
  readonly cause: ShedCause;
}) => void;

/**
 * How much of the limit a rank may fill, and from which delay of the event loop on it is refused,
 * in milliseconds. What matters most may go beyond the limit: those below it have then made room,
 * and the calls that are already in are no one's to end.
 */
const RANKS = {
  "sheddable-anonymous": { share: 0.6, lagMs: 400 },
  sheddable: { share: 0.7, lagMs: 600 },
  default: { share: 0.85, lagMs: 1_000 },
  critical: { share: 2, lagMs: 2_000 },
} as const satisfies Record<ShedRank, { readonly share: number; readonly lagMs: number }>;

/** While more than so much of the limit is in use ... */
const BUSY_SHARE = 0.5;
/** ... no user has more than this part of it. */
const USER_SHARE = 0.5;
/**
 * Some calls take less than most do: what has less than this part of the usual time left is
 * refused.
 */
const CALM_SHARE_NEEDED = 0.5;

/**
 * What may take longer, in milliseconds, waits for something of its own: a client's line, or its
 * turn to have a password hashed.
 */
const PLACE_MS_MAX = 5_000;

/**
 * Whether a call of a method holds a place in the limit while it is answered. What may take very
 * long does not: it hardly works meanwhile, services bound its number themselves, and a crowd that
 * signs in must not keep others from reading.
 */
export function holdsPlace({ timeoutMs }: Pick<MethodPolicy, "timeoutMs">): boolean {
  return timeoutMs <= PLACE_MS_MAX;
}

/**
 * Decides which calls a process takes on, so that it does those well that it does:
 * docs/decisions/0007 tells how and why.
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

  /** How many calls are being worked on. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** How many there may be at once. */
  get limit(): number {
    return this.#limit.value;
  }

  /** How late the event loop comes, in milliseconds. */
  get lagMs(): number {
    return this.#lag.milliseconds;
  }

  /**
   * Whether a call that has so many milliseconds left could be answered in them, in calm. True of a
   * method that is not known yet.
   */
  hasTimeFor(method: string, leftMs: number): boolean {
    return leftMs > this.#calmMs(method) * CALM_SHARE_NEEDED;
  }

  /** Throws RESOURCE_EXHAUSTED, `OVERLOADED`, if a call would not be let in now. */
  check(applicant: Applicant): void {
    const { method } = applicant;
    const rank = rankOf(applicant);
    const { share, lagMs } = RANKS[rank];
    if (this.lagMs > lagMs) throw this.#refuse(method, rank, "lag");
    if (this.#inFlight >= this.limit * share) throw this.#refuse(method, rank, "limit");
  }

  /**
   * Lets a call in. Throws as {@link check} does if there are too many that matter as much or more.
   */
  admit(applicant: Applicant): Admitted {
    const { method } = applicant;
    const rank = rankOf(applicant);
    this.check(applicant);
    this.#inFlight += 1;
    this.#lag.watch(() => this.#inFlight === 0);

    const startMs = performance.now();
    let claimedBy: string | undefined;
    return {
      claim: (userId) => {
        if (this.#hasShare(userId)) throw this.#refuse(method, rank, "user");
        claimedBy = userId;
        this.#users.set(userId, this.#countOf(userId) + 1);
      },
      release: (outcome) => {
        const { inFlight } = this;
        this.#inFlight -= 1;
        if (claimedBy !== undefined) this.#giveBack(claimedBy);
        const ms = performance.now() - startMs;
        const tells =
          outcome === "answered" || (outcome === "timed-out" && ms > this.#calmMs(method));
        if (tells) this.#limit.learn(method, ms, inFlight);
      },
    };
  }

  #calmMs(method: string): number {
    return this.#limit.calmMs(method) ?? 0;
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

function rankOf({ criticality, isAnonymous }: Applicant): ShedRank {
  if (criticality === Criticality.CRITICAL) return "critical";
  if (criticality !== Criticality.SHEDDABLE) return "default";
  return isAnonymous ? "sheddable-anonymous" : "sheddable";
}
