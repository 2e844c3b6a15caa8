import type { DescMethod } from "@bufbuild/protobuf";
import { status } from "@grpc/grpc-js";
import type { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import { type Admission, type Outcome, type Permit, shedRankOf } from "#admission/admission.ts";
import { rememberPriority } from "#admission/call-priority.ts";
import { deadlineTooShort } from "#contract/cancellation.ts";
import { type FailurePolicySwitch, methodName, policyOf } from "#contract/method-policy.ts";
import { type RpcError, statusName } from "#contract/rpc-error.ts";
import type { Caller } from "#identity/caller.ts";
import { newRequestId } from "#ids/request-id.ts";
import type { CallContext } from "#rpc/call-context.ts";
import { type KeptDeadline, keepDeadline } from "#rpc/deadline.ts";
import { Trace } from "#rpc/trace/trace.ts";
import type { IncomingCall } from "#rpc/transport.ts";
import type { Logger } from "#telemetry/logger.ts";
import type { Metrics } from "#telemetry/metrics.ts";
import type { Implementation } from "./handlers.ts";
import { CALLER_NOT_ALLOWED, requireCaller } from "./require-caller.ts";
import { type FailureOf, toRpcError } from "./to-rpc-error.ts";

/** What a router needs besides its handlers. */
export interface RouterOptions {
  /**
   * Mutex the `authorization` header into a caller, or throws. Undefined is an anonymous caller.
   */
  readonly authenticate: (authorization: string | undefined) => Promise<Caller>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly failurePolicy: FailurePolicySwitch;
  /**
   * Rejects if what every call needs, the database, does not answer within so many milliseconds.
   */
  readonly probe?: (timeoutMs: number) => Promise<void>;
  /**
   * Translates an outage of what the handlers use, such as their database, into a status. Without
   * it every such error is INTERNAL.
   */
  readonly failureOf?: FailureOf;
  /** Says whether writes are refused now. */
  readonly isReadOnly?: () => boolean;
}

/** What a call needs of its router. */
export interface ServerCallOptions extends RouterOptions {
  /** Who decides whether the call is taken on; undefined if nobody does. */
  readonly admission: Admission | undefined;
}

/** How long a call may take while the failure policy is off: longer than anybody waits. */
const NO_TIMEOUT_MS = 600_000;

/** One call that a server is answering, from its headers to its last byte. */
export class ServerCall implements Disposable {
  readonly #method: DescMethod;
  readonly #implementation: Implementation;
  readonly #options: ServerCallOptions;
  readonly #headers: IncomingCall;
  readonly #requestId: string;
  readonly #kept: KeptDeadline;
  readonly #startMs = performance.now();
  #permit: Permit | undefined;
  #trace: Trace | undefined;
  #error: RpcError | undefined;

  constructor(
    method: DescMethod,
    implementation: Implementation,
    headers: IncomingCall,
    options: ServerCallOptions,
  ) {
    this.#method = method;
    this.#implementation = implementation;
    this.#options = options;
    this.#headers = headers;
    this.#requestId = headers.requestId ?? newRequestId();
    const isOn = options.failurePolicy === "on";
    const longest = Date.now() + (isOn ? policyOf(method).timeoutMs : NO_TIMEOUT_MS);
    this.#kept = keepDeadline(Math.min(longest, headers.deadline ?? longest), headers.signal);
  }

  /**
   * Decides whether this process may call, whether the call is taken on, and who is asking, and
   * makes what the handler is given. Throws if it may not or is not, or the token is bad.
   */
  async context(): Promise<CallContext> {
    requireCaller(this.#method, this.#headers.peer);
    const { deadline, signal } = this.#kept;
    const criticality = this.#headers.criticality ?? policyOf(this.#method).criticality;
    if (this.#options.failurePolicy === "on") rememberPriority(signal, { criticality, deadline });
    this.#permit = this.#enter(criticality);
    const caller = await this.#options.authenticate(this.#headers.authorization);
    if (caller.kind === "user") this.#permit?.countFor(caller.userId);
    // Not every user may know how the system comes to its answers.
    const explains = this.#headers.explanation && caller.kind === "user" && caller.operator;
    this.#trace = explains ? new Trace() : undefined;
    const requestId = this.#requestId;
    return { requestId, caller, criticality, deadline, signal, trace: this.#trace };
  }

  /** Settles as the work does, or fails when the deadline passes or the caller gives up. */
  race<T>(work: Promise<T>): Promise<T> {
    return this.#kept.race(work);
  }

  /** Mutex whatever was thrown into what the caller is told. */
  fail(thrown: unknown): RpcError {
    const { signal } = this.#kept;
    const outage = () => this.#options.failureOf?.(thrown, signal);
    this.#error = toRpcError(thrown, this.#implementation, outage);
    return this.#error;
  }

  /** Ends the call: logs it once, counts it, and stops its clock. */
  [Symbol.dispose](): void {
    this.#kept[Symbol.dispose]();
    this.#permit?.release(this.#outcome());
    if (this.#trace !== undefined) this.#headers.explanation?.called(this.#trace.calls);
    const method = methodName(this.#method);
    const seconds = (performance.now() - this.#startMs) / 1000;
    const code = statusName(this.#error?.code ?? status.OK);
    this.#options.metrics.rpcServer.observe({ method, code }, seconds);
    const line = { requestId: this.#requestId, method, code, ms: Math.round(seconds * 1e6) / 1e3 };
    const { logger } = this.#options;
    const error = this.#error;
    if (error === undefined) logger.info(line, "rpc");
    else if (error.code === status.INTERNAL)
      logger.error({ ...line, error: error.cause }, "rpc failed");
    else {
      // One of ours that is refused so is set up wrongly; anybody else was kept out.
      const level = error.reason === CALLER_NOT_ALLOWED ? "warn" : "info";
      logger[level]({ ...line, reason: error.reason, detail: error.message }, "rpc");
    }
  }

  /** Refuses what has too little time left, or comes when there is too much to do. */
  #enter(criticality: Criticality): Permit | undefined {
    const { admission } = this.#options;
    if (admission === undefined) return undefined;
    const method = methodName(this.#method);
    const leftMs = this.#kept.deadline - Date.now();
    if (leftMs <= 0 || !admission.hasTimeFor(method, leftMs)) throw deadlineTooShort();
    const rank = shedRankOf(criticality, this.#headers.authorization === undefined);
    const permit = admission.admit(method, rank);
    if (policyOf(this.#method).isLimited) return permit;
    permit.release("ignored");
    return undefined;
  }

  #outcome(): Outcome {
    if (this.#error === undefined) return "answered";
    return this.#error.code === status.DEADLINE_EXCEEDED ? "timed-out" : "ignored";
  }
}
