import { status } from "@grpc/grpc-js";
import type { MethodPlan } from "#contract/method-plan.ts";
import { refusal } from "#contract/rpc-error.ts";
import type { Peer } from "#tls/peer.ts";

/** The reason that a process is told which the contract does not name among a method's callers. */
export const CALLER_NOT_ALLOWED = "CALLER_NOT_ALLOWED";

/**
 * Throws PERMISSION_DENIED, `CALLER_NOT_ALLOWED`, unless the contract lets this process call the
 * method. Where nobody has to prove who calls, all may.
 */
export function requireCaller(plan: MethodPlan, peer: Peer | undefined): void {
  if (peer === undefined) return;
  if (peer.kind === "process" && plan.policy.callers.includes(peer.name)) return;
  const who = peer.kind === "process" ? peer.name : "who has no process's certificate";
  throw refusal(status.PERMISSION_DENIED, `${who} may not call ${plan.name}`, {
    reason: CALLER_NOT_ALLOWED,
  });
}
