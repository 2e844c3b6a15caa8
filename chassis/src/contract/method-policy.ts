import assert from "node:assert";
import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { getOption } from "@bufbuild/protobuf";
import type { Duration } from "@bufbuild/protobuf/wkt";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import {
  type Criticality,
  method_policy,
  type StreamPolicy,
} from "@triptych/protos/policy/v1/policy_pb";
import { compileInvalidation, type Invalidation } from "./invalidation.ts";
import { compileJoining, type Joining } from "./joining.ts";

/** The failure policy of a method, as its proto declares it. */
export interface MethodPolicy {
  /** The longest that a call may take; of a stream the longest wait for its callee. */
  readonly timeoutMs: number;
  /** The limits of a stream; undefined for a method with one request and one answer. */
  readonly stream: StreamLimits | undefined;
  /** Whether a call may be made twice: NO_SIDE_EFFECTS and IDEMPOTENT may. */
  readonly idempotent: boolean;
  /** How long a cached answer is fresh, which means used without a call; 0: never. */
  readonly freshForMs: number;
  /** How old a cached answer may be that is used when the callee fails; 0: never. */
  readonly staleIfErrorMs: number;
  /** When a second call is made beside a slow first one; 0: never. */
  readonly hedgeAfterMs: number;
  /** Decides which calls are shed first under overload. */
  readonly criticality: Criticality;
  /** How many keys a batch takes; 0 for a method that is no batch. */
  readonly maxBatch: number;
  /**
   * Whether calls count against the limit of admission control while they are answered; not so if
   * the service bounds their number itself.
   */
  readonly isLimited: boolean;
  /** The names of the processes that may call the method. */
  readonly callers: readonly string[];
  /** Which cached answers a call makes old. */
  readonly invalidates: readonly Invalidation[];
  /** How concurrent calls travel together; undefined if each goes alone. */
  readonly joining: Joining | undefined;
}

/** How slow and how long a stream may be. */
export interface StreamLimits {
  /** The longest silence of whoever uploads, or reads a download. */
  readonly silenceMs: number;
  /** The least rate of an upload, in bytes a second over `rateWindowMs`; 0: none. */
  readonly rateMin: number;
  readonly rateWindowMs: number;
  /** The longest that the whole stream may take. */
  readonly lifetimeMs: number;
}

/**
 * Whether the failure policy is in force. `off` is the control arm of an experiment, which shows
 * what the policy is worth.
 */
export type FailurePolicySwitch = "on" | "off";

const policies = new WeakMap<DescMethod, MethodPolicy>();

/**
 * Reads the policy of a method from its descriptor. Every method declares one: a missing one is a
 * defect.
 */
export function policyOf(method: DescMethod): MethodPolicy {
  const known = policies.get(method);
  if (known !== undefined) return known;
  const declared = getOption(method, method_policy);
  const { timeout } = declared;
  assert(timeout, `${methodName(method)} declares no timeout in its policy`);
  assert(declared.criticality, `${methodName(method)} declares no criticality in its policy`);
  const policy = {
    timeoutMs: milliseconds(timeout),
    stream: toStreamLimits(declared.stream),
    idempotent: method.idempotency !== MethodOptions_IdempotencyLevel.IDEMPOTENCY_UNKNOWN,
    freshForMs: milliseconds(declared.freshFor),
    staleIfErrorMs: milliseconds(declared.staleIfError),
    hedgeAfterMs: milliseconds(declared.hedgeAfter),
    criticality: declared.criticality,
    maxBatch: declared.maxBatch,
    isLimited: !declared.limitsItself,
    callers: declared.callers,
    invalidates: declared.invalidates.map((one) => compileInvalidation(method, one)),
    joining: declared.joining && compileJoining(method, declared.joining),
  };
  policies.set(method, policy);
  return policy;
}

/** Returns the limits of a stream. Throws if the method has none. */
export function streamLimitsOf(method: DescMethod): StreamLimits {
  const { stream } = policyOf(method);
  assert(stream, `${methodName(method)} is no stream`);
  return stream;
}

/** Returns the name of a method in logs and metrics: `users.v1.UserService/GetUser`. */
export function methodName(method: DescMethod): string {
  return `${method.parent.typeName}/${method.name}`;
}

/**
 * Returns the name of the process that serves a service, as in its certificate: `users` for
 * `users.v1.UserService`.
 */
export function processOf({ typeName }: DescService): string {
  return typeName.replace(/\..*/, "");
}

function toStreamLimits(declared: StreamPolicy | undefined): StreamLimits | undefined {
  if (declared === undefined) return undefined;
  return {
    silenceMs: milliseconds(declared.silence),
    rateMin: declared.rateMin,
    rateWindowMs: milliseconds(declared.rateWindow),
    lifetimeMs: milliseconds(declared.lifetime),
  };
}

function milliseconds(duration: Duration | undefined): number {
  if (duration === undefined) return 0;
  return Number(duration.seconds) * 1000 + duration.nanos / 1e6;
}
