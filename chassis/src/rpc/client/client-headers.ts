import type { DescMethod } from "@bufbuild/protobuf";
import { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import { policyOf } from "#contract/method-policy.ts";
import { formatBearer } from "#identity/bearer.ts";
import type { CallContext } from "#rpc/call-context.ts";
import type { OutgoingCall } from "#rpc/transport.ts";
import type { CallExplanation } from "./call-explanation.ts";

/** The headers of a call that a client makes: it always has a deadline. */
export interface ClientHeaders extends OutgoingCall {
  readonly deadline: number;
  readonly explanation?: CallExplanation | undefined;
}

/**
 * Makes the headers of a call that is made for another: what is left of its time, its user, its
 * request id, and how much it matters.
 */
export function clientHeaders(
  method: DescMethod,
  context: CallContext,
  obeyTimeout: boolean,
): ClientHeaders {
  const { caller } = context;
  const longest = obeyTimeout ? Date.now() + policyOf(method).timeoutMs : Number.POSITIVE_INFINITY;
  return {
    requestId: context.requestId,
    authorization: caller.kind === "user" ? formatBearer(caller.token) : undefined,
    criticality: criticalityFor(method, context),
    deadline: Math.min(context.deadline, longest),
    signal: context.signal,
  };
}

/**
 * A call that another one needs matters as much as that one, whether its own method matters more or
 * less; what decorates an answer stays sheddable, whomever the answer is for.
 */
function criticalityFor(method: DescMethod, context: CallContext): Criticality {
  const { criticality } = policyOf(method);
  if (criticality === Criticality.SHEDDABLE) return criticality;
  return context.criticality ?? criticality;
}
