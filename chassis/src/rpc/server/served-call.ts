import { status } from "@grpc/grpc-js";
import type { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import { type Outcome, type Permit, shedRankOf } from "#admission/admission.ts";
import { rememberPriority } from "#admission/call-priority.ts";
import { deadlineTooShort } from "#contract/cancellation.ts";
import { type RpcError, statusName } from "#contract/rpc-error.ts";
import { ANONYMOUS, type Caller } from "#identity/caller.ts";
import { acceptRequestId } from "#ids/request-id.ts";
import type { CallContext } from "#rpc/call-context.ts";
import { CallTime } from "#rpc/call-time.ts";
import { Trace } from "#rpc/trace/trace.ts";
import type { IncomingCall } from "#rpc/transport.ts";
import { CALLER_NOT_ALLOWED, requireCaller } from "./require-caller.ts";
import type { ServedMethod } from "./served-method.ts";
import { toRpcError } from "./to-rpc-error.ts";

/**
 * One call that a server answers, from its headers to its last byte. It is the context that its
 * handler receives: the members of {@link CallContext} are own fields, no getters, so that a
 * handler may copy it with another deadline (`{ ...context, deadline }`).
 */
export class ServedCall extends CallTime implements CallContext {
  readonly requestId: string;
  readonly criticality: Criticality;
  /** Anonymous until {@link enter} has authenticated the call. */
  caller: Caller = ANONYMOUS;
  trace: Trace | undefined = undefined;

  readonly method: ServedMethod;
  readonly #incoming: IncomingCall;
  readonly #startMs = performance.now();
  readonly #waiting = new Set<(error: RpcError) => void>();
  #permit: Permit | undefined;
  #error: RpcError | undefined;

  constructor(method: ServedMethod, incoming: IncomingCall) {
    const { plan } = method;
    super(Math.min(Date.now() + plan.lifetimeMs, incoming.deadline ?? Number.POSITIVE_INFINITY));
    this.method = method;
    this.#incoming = incoming;
    this.requestId = acceptRequestId(incoming.requestId);
    this.criticality = incoming.criticality ?? plan.policy.criticality;
    if (plan.isDefended) rememberPriority(this.signal, this);
  }

  /**
   * Checks, before the handler is called, that the process at the other end may call the method,
   * that there is room and time for the call, and that its token, if it has one, is good. Throws an
   * {@link RpcError} otherwise.
   */
  async enter(): Promise<void> {
    const { authorization, explanation, peer } = this.#incoming;
    requireCaller(this.method.plan, peer);
    this.#admit(authorization === undefined);
    const caller = await this.method.options.authenticate(authorization);
    this.caller = caller;
    if (caller.kind !== "user") return;
    this.#permit?.countFor(caller.userId);
    // Only operators may see how the system finds its answers.
    if (explanation !== undefined && caller.operator) this.trace = new Trace();
  }

  /** Settles as the work does, or fails when the deadline passes or the caller gives up. */
  settle<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      // An error that comes after the call has ended changes nothing: the promise is settled.
      work.then(
        (value) => {
          this.#waiting.delete(reject);
          resolve(value);
        },
        (error) => {
          this.#waiting.delete(reject);
          reject(error);
        },
      );
      if (this.signal.aborted) reject(this.signal.reason);
      else this.#waiting.add(reject);
    });
  }

  /** Translates what was thrown into what the caller receives. */
  fail(thrown: unknown): RpcError {
    const { implementation, options } = this.method;
    this.#error = toRpcError(thrown, implementation, () =>
      options.failureOf?.(thrown, this.signal),
    );
    return this.#error;
  }

  /** Ends the call: releases its permit, records its duration, and logs it. Called once. */
  end(): void {
    this[Symbol.dispose]();
    this.#permit?.release(this.#outcome());
    if (this.trace !== undefined) this.#incoming.explanation?.called(this.trace.calls);
    const seconds = (performance.now() - this.#startMs) / 1000;
    this.method.observe(this.#error?.code ?? status.OK, seconds);
    this.#log(seconds);
  }

  protected override stop(error: RpcError): void {
    for (const reject of this.#waiting) reject(error);
    this.#waiting.clear();
  }

  #admit(isAnonymous: boolean): void {
    const { admission, plan } = this.method;
    if (admission === undefined) return;
    const leftMs = this.deadline - Date.now();
    if (leftMs <= 0 || !admission.hasTimeFor(plan.name, leftMs)) throw deadlineTooShort();
    const rank = shedRankOf(this.criticality, isAnonymous);
    const permit = admission.admit(plan.name, rank, leftMs);
    if (plan.policy.isLimited) this.#permit = permit;
    else permit.release("ignored");
  }

  #outcome(): Outcome {
    // A stream takes as long as its caller's line, which says nothing about the load here.
    if (this.method.plan.policy.stream !== undefined) return "ignored";
    if (this.#error === undefined) return "answered";
    return this.#error.code === status.DEADLINE_EXCEEDED ? "timed-out" : "ignored";
  }

  #log(seconds: number): void {
    const error = this.#error;
    const { logger } = this.method.options;
    const line = {
      requestId: this.requestId,
      method: this.method.plan.name,
      code: statusName(error?.code ?? status.OK),
      ms: Math.round(seconds * 1e6) / 1e3,
    };
    if (error === undefined) logger.info(line, "rpc");
    else if (error.code === status.INTERNAL) {
      logger.error({ ...line, error: error.cause }, "rpc failed");
    } else {
      // Either one of our processes is configured wrongly, or a foreign one was kept out.
      const level = error.reason === CALLER_NOT_ALLOWED ? "warn" : "info";
      logger[level]({ ...line, reason: error.reason, detail: error.message }, "rpc");
    }
  }
}
