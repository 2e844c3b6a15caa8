import { status } from "@grpc/grpc-js";
import { RpcError } from "./rpc-error.ts";

/** A verdict on the outcome of a call: what it means for breaker, retry, replica and cache. */
export interface Verdict {
  /**
   * What the outcome says about whether the callee can answer. `unknown`: nothing, since the caller
   * gave up, the call had too little time, or the callee is alive and refused on purpose.
   */
  readonly health: "good" | "bad" | "unknown";
  /**
   * The callee did not answer, or not in time. A partial answer may leave its part out, and a
   * cached answer may take its place where the policy allows that.
   */
  readonly isUnavailable: boolean;
  /** There is no connection, or it was lost. Another replica may answer a second try. */
  readonly isLost: boolean;
  /** The callee's server refused the call before it read it. It may always be sent again. */
  readonly isRefusedUnread: boolean;
}

/** The status and the reason of a call that failed. */
export type FailedOutcome = Pick<RpcError, "code" | "reason" | "message">;

/** The verdict on a call that was answered. */
export const ANSWERED: Verdict = Object.freeze({
  health: "good",
  isUnavailable: false,
  isLost: false,
  isRefusedUnread: false,
});
/** The verdict on an error that no callee sends, such as one from the source of a stream. */
const DEFECT: Verdict = Object.freeze({ ...ANSWERED, health: "bad" });

/** Statuses with which a callee fails to answer, and not the request. */
const CALLEE_FAULTS: ReadonlySet<status> = new Set([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.INTERNAL,
  status.UNKNOWN,
  status.RESOURCE_EXHAUSTED,
]);

/** Reasons with which a healthy callee refuses calls on purpose. */
const DELIBERATE_REASONS: ReadonlySet<string> = new Set([
  "READ_ONLY",
  "DEADLINE_TOO_SHORT",
  "DEPENDENCY_UNAVAILABLE",
]);

/**
 * The message of grpc-js for a call that a server refused, since its connection was about to end.
 * Such a call was not processed at all (RFC 9113, 8.7). Our servers refuse so until they are
 * prepared.
 */
export const REFUSED_UNREAD = "Stream refused by server";

/**
 * The message of a call that was cancelled since its caller had left: a person went to another
 * page, or read enough of a stream.
 */
export const CALLER_LEFT = "the caller left";

/**
 * A healthy replica answers within some milliseconds. A call that was cancelled before this time
 * says nothing about its replica. Every hedge comes later.
 */
const CANCELLED_MS_MIN = 200;

/**
 * Decides what the failure of a call means. No other file does: not for the circuit breaker, for
 * hedges and resends, for outlier detection, nor for cached and partial answers. The failure of a
 * call that was cut short says nothing about the callee.
 */
export function judge(thrown: unknown, isCutShort = false): Verdict {
  if (!(thrown instanceof RpcError)) return DEFECT;
  const isFault = CALLEE_FAULTS.has(thrown.code);
  const isLost = thrown.code === status.UNAVAILABLE && thrown.reason === "";
  // INTERNAL with a reason comes from a handler: a defect that this request meets. The callee has
  // answered, and answers others. Without a reason it comes from the transport.
  const isAnswer = thrown.code === status.INTERNAL && thrown.reason !== "";
  const isBad = isFault && !isAnswer;
  const health = isCutShort || isNeutral(thrown) ? "unknown" : isBad ? "bad" : "good";
  return {
    health,
    isUnavailable: isFault || thrown.code === status.CANCELLED,
    isLost,
    isRefusedUnread: isLost && thrown.message === REFUSED_UNREAD,
  };
}

/**
 * Decides whether a call speaks against its replica, which had it for `afterMs`. A call that was
 * cancelled late does, unless its caller left: it was hedged, or its deadline passed.
 */
export function speaksAgainstReplica(outcome: FailedOutcome, afterMs: number): boolean {
  if (outcome.code === status.CANCELLED) {
    return afterMs >= CANCELLED_MS_MIN && outcome.message !== CALLER_LEFT;
  }
  return CALLEE_FAULTS.has(outcome.code) && !isNeutral(outcome);
}

/**
 * A RESOURCE_EXHAUSTED with a reason means that the callee shed the call. Without a reason it comes
 * from the transport, and is a failure.
 */
function isNeutral({ code, reason }: FailedOutcome): boolean {
  if (code === status.CANCELLED || DELIBERATE_REASONS.has(reason)) return true;
  return code === status.RESOURCE_EXHAUSTED && reason !== "";
}
