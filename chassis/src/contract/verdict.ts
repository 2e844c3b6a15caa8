import { status } from "@grpc/grpc-js";
import { RpcError } from "./rpc-error.ts";

/** What the outcome of a call means. */
export interface Verdict {
  /**
   * What it says of the callee's health. `unknown`: nothing, since the caller gave up, had too
   * little time, or the callee is alive and refused on purpose.
   */
  readonly health: "good" | "bad" | "unknown";
  /**
   * The callee could not be asked, or not in time. A partial answer may do without its part, and an
   * old answer may stand in where the policy allows one.
   */
  readonly isUnavailable: boolean;
  /** The connection was lost, or there was none. Another replica may answer a second try. */
  readonly isLost: boolean;
  /** The callee's server refused the call before it read it. It may be sent again, always. */
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
/**
 * The verdict on a call that threw something that no callee sends: a defect of the caller's own.
 */
const DEFECT: Verdict = Object.freeze({ ...ANSWERED, health: "bad" });

/** Statuses that speak against a callee, and not against what was asked of it. */
const CALLEE_FAULTS: ReadonlySet<status> = new Set([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.INTERNAL,
  status.UNKNOWN,
  status.RESOURCE_EXHAUSTED,
]);

/** Reasons of a callee that is alive, and refuses something on purpose. */
const DELIBERATE_REASONS: ReadonlySet<string> = new Set([
  "READ_ONLY",
  "DEADLINE_TOO_SHORT",
  "DEPENDENCY_UNAVAILABLE",
]);

/**
 * The message of grpc-js for a call that a server refused to begin, since its connection was about
 * to end (RFC 9113, 8.7: it was not processed at all).
 */
const REFUSED_UNREAD = "Stream refused by server";

/**
 * A replica that answers takes some milliseconds. A call that was cancelled sooner than this says
 * nothing of its replica; every hedge comes later.
 */
const SILENCE_MS = 200;

/**
 * Decides what the failure of a call means. This file is the only place that does: for the circuit
 * breaker, hedges, resends, outlier detection, old answers and partial answers alike. A call that
 * was cut short had so little time that its failure says nothing of the callee.
 */
export function judge(thrown: unknown, isCutShort = false): Verdict {
  if (!(thrown instanceof RpcError)) return DEFECT;
  const isFault = CALLEE_FAULTS.has(thrown.code);
  const isLost = thrown.code === status.UNAVAILABLE && thrown.reason === "";
  const health = isCutShort || isSilentOnHealth(thrown) ? "unknown" : isFault ? "bad" : "good";
  return {
    health,
    isUnavailable: isFault || thrown.code === status.CANCELLED,
    isLost,
    isRefusedUnread: isLost && thrown.message === REFUSED_UNREAD,
  };
}

/**
 * Decides whether a call speaks against the replica that had it, for so many milliseconds. A call
 * that was cancelled after some silence does: it was hedged, or its time was over.
 */
export function speaksAgainstReplica(outcome: FailedOutcome, afterMs: number): boolean {
  if (outcome.code === status.CANCELLED) return afterMs >= SILENCE_MS;
  return CALLEE_FAULTS.has(outcome.code) && !isSilentOnHealth(outcome);
}

/**
 * A RESOURCE_EXHAUSTED with a reason was sent to shed the call; without one it comes from the
 * transport, and is a fault.
 */
function isSilentOnHealth({ code, reason }: FailedOutcome): boolean {
  if (code === status.CANCELLED || DELIBERATE_REASONS.has(reason)) return true;
  return code === status.RESOURCE_EXHAUSTED && reason !== "";
}
