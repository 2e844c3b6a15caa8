import type { DescMethod, Message } from "@bufbuild/protobuf";
import { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import type { FieldViolation } from "./failure.ts";
import {
  type FailurePolicySwitch,
  type MethodPolicy,
  methodName,
  policyOf,
} from "./method-policy.ts";
import { compileRequiredFields } from "./required-fields.ts";

/** How many calls of a method one caller makes at once. */
export interface BulkheadLimits {
  /** How many calls may be under way. */
  readonly inFlightMax: number;
  /** How many more may wait for a place. */
  readonly queuedMax: number;
  readonly waitMsMax: number;
}

/** For how long the answers of a batch are cached. */
export type CachePlan = Pick<MethodPolicy, "freshForMs" | "staleIfErrorMs" | "maxBatch">;

/** What the contract and the failure-policy switch say of a method, worked out once. */
export interface MethodPlan {
  readonly method: DescMethod;
  /** As it stands in logs and metrics: `users.v1.UserService/GetUser`. */
  readonly name: string;
  /** The metric labels of the method, to be spread by nobody. */
  readonly labels: { readonly method: string };
  readonly policy: MethodPolicy;
  /**
   * Whether the method is defended: by breaker and bulkhead at its callers, by admission at its
   * callee. Not so in the control arm of an experiment.
   */
  readonly isDefended: boolean;
  /** The most that a call may take. */
  readonly timeoutMs: number;
  /** A call that has less time than this says nothing of its callee if it fails. */
  readonly cutShortMs: number;
  /**
   * How long the next message of a server stream may take. Infinite for all other methods: they
   * have one answer, which may take as long as their timeout.
   */
  readonly silenceMsMax: number;
  /**
   * Which layer tries again: the client, beside a slow or lost first try; the channel, after a lost
   * one; or none, since the method may not be called twice. One layer does, and never two.
   */
  readonly secondTry: "hedge" | "channel" | "none";
  readonly hedgeAfterMs: number;
  /** How often a call is sent at most if servers refuse it before they read it. */
  readonly sendsMax: number;
  readonly bulkhead: BulkheadLimits;
  /** Undefined if no answers are cached. */
  readonly cache: CachePlan | undefined;
  /** Which answers in the caches of the client a call makes old. */
  readonly invalidates: MethodPolicy["invalidates"];
  /** How much a call matters that is made for another, which matters so much. */
  criticalityFor(caller: Criticality | undefined): Criticality;
  /**
   * Finds the required fields that a request leaves out, and the list that has more keys than a
   * batch takes.
   */
  violationsOf(request: Message): readonly FieldViolation[];
}

/** How long a call may take while the failure policy is off: longer than anybody waits. */
const NO_TIMEOUT_MS = 600_000;
/**
 * At 1,000 calls a second it is room for callees that take 250 ms, or for all that users lets wait
 * for a hash.
 */
const UNARY_IN_FLIGHT_MAX = 256;
const UNARY_QUEUED_MAX = 256;
/**
 * A call waits for its place no longer than this part of its timeout: it must still be done in what
 * is left.
 */
const WAIT_SHARE = 0.25;
/** Uploads and downloads take minutes over slow lines; a service takes 256 uploads at once. */
const STREAM_BULKHEAD: BulkheadLimits = { inFlightMax: 512, queuedMax: 0, waitMsMax: 0 };
const NO_BULKHEAD: BulkheadLimits = {
  inFlightMax: Number.POSITIVE_INFINITY,
  queuedMax: 0,
  waitMsMax: 0,
};
/** A call with less than this part of its timeout left, when it is made, is cut short. */
const CUT_SHORT_SHARE = 0.5;
/** A stream may last minutes, but its next message is there soon, or the callee hangs. */
const SILENCE_MS_MAX = 3_000;
/** More than connections that end for their age can refuse one after the other. */
const SENDS_MAX = 8;

/** Makes the plan of a method, for its callers and for its callee. */
export function planOf(method: DescMethod, failurePolicy: FailurePolicySwitch): MethodPlan {
  const policy = policyOf(method);
  const name = methodName(method);
  const isDefended = failurePolicy === "on";
  const timeoutMs = isDefended ? policy.timeoutMs : NO_TIMEOUT_MS;
  return {
    method,
    name,
    labels: Object.freeze({ method: name }),
    policy,
    isDefended,
    timeoutMs,
    cutShortMs: timeoutMs * CUT_SHORT_SHARE,
    silenceMsMax:
      isDefended && method.methodKind === "server_streaming"
        ? SILENCE_MS_MAX
        : Number.POSITIVE_INFINITY,
    secondTry: isDefended ? secondTryOf(method, policy) : "none",
    hedgeAfterMs: policy.hedgeAfterMs,
    sendsMax: isDefended && method.methodKind !== "client_streaming" ? SENDS_MAX : 1,
    bulkhead: isDefended ? bulkheadOf(method, policy) : NO_BULKHEAD,
    cache: isDefended && cachesAnswers(policy) ? policy : undefined,
    invalidates: isDefended ? policy.invalidates : [],
    criticalityFor: (caller) => criticalityFor(policy.criticality, caller),
    violationsOf: compileRequiredFields(method.input, policy.maxBatch),
  };
}

function secondTryOf(method: DescMethod, policy: MethodPolicy): MethodPlan["secondTry"] {
  if (policy.hedgeAfterMs > 0) return "hedge";
  return policy.idempotent && method.methodKind !== "client_streaming" ? "channel" : "none";
}

function bulkheadOf({ methodKind }: DescMethod, { timeoutMs }: MethodPolicy): BulkheadLimits {
  if (methodKind !== "unary") return STREAM_BULKHEAD;
  return {
    inFlightMax: UNARY_IN_FLIGHT_MAX,
    queuedMax: UNARY_QUEUED_MAX,
    waitMsMax: timeoutMs * WAIT_SHARE,
  };
}

function cachesAnswers({ freshForMs, staleIfErrorMs }: MethodPolicy): boolean {
  return Math.max(freshForMs, staleIfErrorMs) > 0;
}

/**
 * A call that another one needs matters as much as that one, whether its own method matters more or
 * less; what decorates an answer stays sheddable, whomever the answer is for.
 */
function criticalityFor(own: Criticality, caller: Criticality | undefined): Criticality {
  return own === Criticality.SHEDDABLE ? own : (caller ?? own);
}
