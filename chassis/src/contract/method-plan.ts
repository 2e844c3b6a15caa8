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

/** A bulkhead: how many calls of a method one caller makes at once. */
export interface BulkheadLimits {
  /** How many calls may be in flight. */
  readonly inFlightMax: number;
  /** How many more may wait for a permit. */
  readonly queuedMax: number;
  readonly waitMsMax: number;
}

/** How the answers of a batch are cached. */
export type CachePlan = Pick<MethodPolicy, "freshForMs" | "staleIfErrorMs" | "maxBatch">;

/**
 * The plan of a method: what its policy in the contract and the failure-policy switch mean for its
 * callers and its callee. It is worked out once, when a client or a router is created.
 */
export interface MethodPlan {
  readonly method: DescMethod;
  /** The name in logs and metrics: `users.v1.UserService/GetUser`. */
  readonly name: string;
  /** The labels of the method in metrics. Frozen, so that they can be shared. */
  readonly labels: { readonly method: string };
  readonly policy: MethodPolicy;
  /**
   * Whether circuit breaker and bulkhead at the caller, and admission control at the callee, are in
   * force. False in the control arm of an experiment.
   */
  readonly isDefended: boolean;
  /** The longest that a call may take; of a stream the longest wait for its callee. */
  readonly timeoutMs: number;
  /** The longest from a call's beginning to its end: its deadline. */
  readonly lifetimeMs: number;
  /** How long a server waits for a caller that sends or reads nothing more. */
  readonly callerSilenceMsMax: number;
  /** If a call that has less time than this fails, that says nothing about its callee. */
  readonly cutShortMs: number;
  /**
   * The longest wait for the next message of a server stream. Infinite for all other methods: their
   * one answer may take as long as their timeout.
   */
  readonly silenceMsMax: number;
  /**
   * Which layer makes a second try: the client, beside a slow or lost first one; the channel, after
   * a lost one; or none, if the method may not be called twice. Never two layers.
   */
  readonly secondTry: "hedge" | "channel" | "none";
  readonly hedgeAfterMs: number;
  /** How often a call is sent at most, if servers refuse it before they read it. */
  readonly sendsMax: number;
  readonly bulkhead: BulkheadLimits;
  /** Undefined if answers are not cached. */
  readonly cache: CachePlan | undefined;
  /** Which answers in the cache of the client a call makes old. */
  readonly invalidates: MethodPolicy["invalidates"];
  /** How concurrent calls travel together; undefined if each goes alone. */
  readonly joining: MethodPolicy["joining"];
  /** The criticality of a call that is made for another call, of this criticality. */
  criticalityFor(caller: Criticality | undefined): Criticality;
  /** Finds required fields that are not set, and a list with more keys than a batch takes. */
  violationsOf(request: Message): readonly FieldViolation[];
}

/** The timeout while the failure policy is off: longer than any client waits. */
const NO_TIMEOUT_MS = 3_600_000;
/**
 * At 1,000 calls a second this is enough for a callee that takes 250 ms, and for all calls that
 * users queues for a password hash.
 */
const UNARY_IN_FLIGHT_MAX = 256;
const UNARY_QUEUED_MAX = 256;
/** A call waits for its permit for this part of its timeout at most: the rest is for the work. */
const WAIT_SHARE = 0.25;
/** Uploads and downloads take minutes over slow lines. A service takes 256 uploads at once. */
const STREAM_BULKHEAD: BulkheadLimits = { inFlightMax: 512, queuedMax: 0, waitMsMax: 0 };
const NO_BULKHEAD: BulkheadLimits = {
  inFlightMax: Number.POSITIVE_INFINITY,
  queuedMax: 0,
  waitMsMax: 0,
};
/** A call that begins with less than this part of its timeout left is cut short. */
const CUT_SHORT_SHARE = 0.5;
/** The caller, which is nearer to the person, is the first to give up a stream that is silent. */
const CALLER_SILENCE_FACTOR = 1.2;
/** Higher than the number of connections that reach their maximum age one after the other. */
const SENDS_MAX = 8;

/** Creates the plan of a method, for its callers and for its callee. */
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
    lifetimeMs: isDefended ? (policy.stream?.lifetimeMs ?? timeoutMs) : NO_TIMEOUT_MS,
    callerSilenceMsMax: isDefended
      ? (policy.stream?.silenceMs ?? Number.POSITIVE_INFINITY) * CALLER_SILENCE_FACTOR
      : Number.POSITIVE_INFINITY,
    cutShortMs: timeoutMs * CUT_SHORT_SHARE,
    silenceMsMax:
      isDefended && method.methodKind === "server_streaming" ? timeoutMs : Number.POSITIVE_INFINITY,
    secondTry: isDefended ? secondTryOf(method, policy) : "none",
    hedgeAfterMs: policy.hedgeAfterMs,
    sendsMax: isDefended && method.methodKind !== "client_streaming" ? SENDS_MAX : 1,
    bulkhead: isDefended ? bulkheadOf(method, policy) : NO_BULKHEAD,
    cache: isDefended && cachesAnswers(policy) ? policy : undefined,
    invalidates: isDefended ? policy.invalidates : [],
    joining: policy.joining,
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
 * A call that another call needs has the criticality of that call, whether its own method is more
 * or less critical. What decorates an answer stays sheddable.
 */
function criticalityFor(own: Criticality, caller: Criticality | undefined): Criticality {
  return own === Criticality.SHEDDABLE ? own : (caller ?? own);
}
