import { status } from "@grpc/grpc-js";
import type { MethodPlan } from "#contract/method-plan.ts";
import { refusal } from "#contract/rpc-error.ts";
import type { Peer } from "#tls/peer.ts";

/** The reason of a refusal: the contract does not list the process among the method's callers. */
export const CALLER_NOT_ALLOWED = "CALLER_NOT_ALLOWED";

/**
 * Throws PERMISSION_DENIED, `CALLER_NOT_ALLOWED`, unless the contract lists the process at the
 * other end among the method's callers. Without TLS there is no peer, and every process may call.
 */
export function requireCaller(plan: MethodPlan, peer: Peer | undefined): void {
  if (peer === undefined) return;
  if (peer.kind === "process" && plan.policy.callers.includes(peer.name)) return;
  const who = peer.kind === "process" ? peer.name : "a caller without a process's certificate";
  throw refusal(status.PERMISSION_DENIED, `${who} may not call ${plan.name}`, {
    reason: CALLER_NOT_ALLOWED,
  });
}
