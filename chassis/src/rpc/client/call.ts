import { status } from "@grpc/grpc-js";
import type { Criticality } from "@triptych/protos/policy/v1/policy_pb";
import { cancelled, deadlineExceeded } from "#contract/cancellation.ts";
import type { MethodPlan } from "#contract/method-plan.ts";
import { RpcError } from "#contract/rpc-error.ts";
import { ANSWERED, judge, type Verdict } from "#contract/verdict.ts";
import type { CallContext } from "#rpc/call-context.ts";
import { NOT_WAITING, timeWheel, type WheelEntry } from "#rpc/time-wheel.ts";
import type { OutgoingCall, Sent, Told } from "#rpc/transport.ts";
import type { CallExplanation } from "./call-explanation.ts";
import type { Gate, QueuedCall } from "./gate.ts";
import { type ExtraCallBudget, type Hedged, SecondTry } from "./second-try.ts";

/** The parts that all calls of one method of one callee share. */
export interface CallSite<Request, Answer> {
  readonly plan: MethodPlan;
  readonly gate: Gate;
  readonly budget: ExtraCallBudget;
  /** Sends a call once. */
  send(request: Request, call: OutgoingCall, told: Told<Answer>): Sent;
  /** Whether a second try would hang as the first does. */
  isUnresponsive(): boolean;
}

/** The parts of a call that come from its caller. */
export interface CallFor {
  readonly context: CallContext;
  readonly authorization: string | undefined;
  readonly explanation: CallExplanation | undefined;
}

const ONCE = { once: true };

/**
 * One call of a client, from the request to its outcome. The same object is the fields that the
 * transport sends, the callbacks of the transport, the listener of the caller's signal, the waiter
 * in the queue of the bulkhead, and the entry of the time wheel. So a call in flight is one object
 * and one promise. A second try is created only when it is due.
 */
export class Call<Request, Answer>
  implements OutgoingCall, Told<Answer>, Hedged<Answer>, QueuedCall, WheelEntry
{
  readonly requestId: string;
  readonly authorization: string | undefined;
  readonly criticality: Criticality;
  readonly deadline: number;
  readonly signal: AbortSignal;
  readonly explanation: CallExplanation | undefined;
  dueMs = NOT_WAITING;
  readonly #site: CallSite<Request, Answer>;
  readonly #request: Request;
  readonly #outcome = Promise.withResolvers<Answer>();
  readonly #startMs = performance.now();
  readonly #isCutShort: boolean;
  #state: "new" | "queued" | "sent" | "hedged" | "ended" = "new";
  #isProbe = false;
  #sends = 0;
  #first: Sent | undefined;
  #second: SecondTry<Answer> | undefined;

  constructor(site: CallSite<Request, Answer>, request: Request, { context, ...own }: CallFor) {
    const { plan } = site;
    const nowMs = Date.now();
    this.requestId = context.requestId;
    this.authorization = own.authorization;
    this.criticality = plan.criticalityFor(context.criticality);
    this.deadline = Math.min(context.deadline, nowMs + plan.lifetimeMs);
    this.signal = context.signal;
    this.explanation = own.explanation;
    this.#site = site;
    this.#request = request;
    this.#isCutShort = this.deadline - nowMs < plan.cutShortMs;
  }

  /** Starts the call. To be called once. */
  start(): Promise<Answer> {
    const { gate } = this.#site;
    const refused = this.#refusal();
    if (this.signal.aborted) this.#refuse(reasonOf(this.signal));
    else if (refused !== undefined) this.#refuse(refused);
    else {
      this.signal.addEventListener("abort", this, ONCE);
      if (gate.enter()) this.#begin();
      else this.#queue();
    }
    return this.#outcome.promise;
  }

  /** Called by the bulkhead: the call has a permit. */
  onPermit(): void {
    timeWheel.remove(this);
    const refused = this.#refusal();
    if (refused === undefined) this.#begin();
    else {
      this.#site.gate.leave();
      this.#refuse(refused);
    }
  }

  /** Called by the gate: the breaker has opened, and the queue is empty. */
  onEvicted(): void {
    this.#refuse(this.#refusal() ?? this.#site.gate.full());
  }

  /** Called by the time wheel: too long in the queue, time for a hedge, or a silent stream. */
  onDue(): void {
    const { gate } = this.#site;
    if (this.#state === "queued") {
      gate.withdraw(this);
      this.#refuse(Date.now() >= this.deadline ? deadlineExceeded() : gate.full());
    } else if (this.#isHedgeOpen) this.#hedge();
    else this.#giveUp(deadlineExceeded());
  }

  /** Called by the caller's signal: the caller gave up. */
  handleEvent(): void {
    const reason = reasonOf(this.signal);
    if (this.#state === "queued") {
      this.#site.gate.withdraw(this);
      this.#refuse(reason);
    } else if (isDeadline(reason)) this.#giveUp(reason);
    else this.#giveUp(reason, "caller left");
  }

  /** Called by the transport, for either try. The first answer counts. */
  answered(answer: Answer, second?: SecondTry<Answer>): void {
    if (this.#state === "ended") return;
    if (second === undefined) this.#second?.sent?.cancel();
    else this.#first?.cancel();
    this.#end(ANSWERED);
    this.#outcome.resolve(answer);
  }

  /**
   * Called by the transport, for either try. An error of the callee's rules is an answer. A lost
   * connection is one only if the other try has failed too.
   */
  failed(error: unknown, second?: SecondTry<Answer>): void {
    if (this.#state === "ended") return;
    const verdict = judge(error, this.#isCutShort || this.#hasOutlived(error));
    // A transparent retry: the callee did nothing, so any method may be sent again. grpc-js does
    // this once by itself; a write that meets two ending connections in a row would be lost.
    if (verdict.isRefusedUnread && this.#sends < this.#site.plan.sendsMax) {
      if (second === undefined) this.#sendFirst();
      else this.#sendSecond(second);
      return;
    }
    if (second === undefined) this.#first = undefined;
    else this.#second = undefined;
    if (verdict.isLost) {
      if (this.#isHedgeOpen && this.#hedge()) return;
      if (this.#first !== undefined || this.#second !== undefined) return;
    }
    this.#fail(error, verdict);
  }

  /** Called by the transport: a stream of requests waits for its callee, which has its timeout. */
  waits(): void {
    if (this.#state === "sent") timeWheel.add(this, this.#site.plan.timeoutMs);
  }

  /** Called by the transport: the callee reads on. What it waits for now is the caller. */
  goesOn(): void {
    timeWheel.remove(this);
  }

  /** A stream that has reached its deadline was long, or its caller slow: its callee is not. */
  #hasOutlived(error: unknown): boolean {
    const { stream } = this.#site.plan.policy;
    return stream !== undefined && error instanceof RpcError && isDeadline(error);
  }

  #refusal(): RpcError | undefined {
    const { gate } = this.#site;
    if (gate.breakerState !== undefined) this.explanation?.reached(gate.breakerState);
    return gate.refusal();
  }

  #queue(): void {
    const { gate, plan } = this.#site;
    if (gate.queue(this)) {
      this.#state = "queued";
      timeWheel.add(this, Math.min(this.deadline - Date.now(), plan.bulkhead.waitMsMax));
    } else this.#refuse(gate.full());
  }

  #begin(): void {
    const { gate, plan, budget } = this.#site;
    this.#state = "sent";
    this.#isProbe = gate.begin();
    if (plan.secondTry === "hedge") {
      budget.earn();
      timeWheel.add(this, plan.hedgeAfterMs);
    } else this.#awaitMessage();
    this.#sendFirst();
  }

  /** The first message of a stream is due in time. One answer is due at the deadline only. */
  #awaitMessage(): void {
    const { silenceMsMax } = this.#site.plan;
    if (silenceMsMax === Number.POSITIVE_INFINITY) timeWheel.remove(this);
    else timeWheel.add(this, this.#startMs + silenceMsMax - performance.now());
  }

  #sendFirst(): void {
    this.#first = this.#send(this);
  }

  #sendSecond(second: SecondTry<Answer>): void {
    second.sent = this.#send(second);
  }

  #send(told: Told<Answer>): Sent | undefined {
    this.#sends += 1;
    try {
      const sent = this.#site.send(this.#request, this, told);
      // A handler in the same process may have aborted the signal by now.
      if (this.#isOver()) sent.cancel();
      return sent;
    } catch (thrown) {
      told.failed(thrown);
      return undefined;
    }
  }

  #isOver(): boolean {
    return this.#state === "ended";
  }

  /** Whether a second try may still be made. */
  get #isHedgeOpen(): boolean {
    return this.#state === "sent" && this.#site.plan.secondTry === "hedge";
  }

  /** Makes a second try, unless it would hang too or the retry budget is empty. */
  #hedge(): boolean {
    const { gate, budget } = this.#site;
    this.#state = "hedged";
    this.#awaitMessage();
    gate.late(this.#startMs);
    if (this.#site.isUnresponsive() || !budget.spend()) return false;
    gate.countExtra();
    this.#second = new SecondTry(this);
    this.#sendSecond(this.#second);
    return true;
  }

  #giveUp(reason: RpcError, why?: "caller left"): void {
    if (this.#state === "ended") return;
    this.#fail(reason, judge(reason, this.#isCutShort), why);
  }

  #fail(error: unknown, verdict: Verdict, why?: "caller left"): void {
    this.#first?.cancel(why);
    this.#second?.sent?.cancel(why);
    this.explanation?.failed(error);
    this.#end(verdict, error);
    this.#outcome.reject(error);
  }

  /** Ends a call that was sent. The breaker is told before the permit goes to the next call. */
  #end(verdict: Verdict, error?: unknown): void {
    const { gate } = this.#site;
    this.#leave();
    gate.tell(verdict, this.#isProbe, this.#startMs);
    gate.leave();
    gate.observe(this.#startMs, error);
  }

  /** Ends a call that was not sent and has no permit. */
  #refuse(error: RpcError): void {
    this.explanation?.failed(error);
    this.#leave();
    this.#site.gate.countRefused(error);
    this.#outcome.reject(error);
  }

  #leave(): void {
    this.#state = "ended";
    timeWheel.remove(this);
    this.signal.removeEventListener("abort", this);
  }
}

function isDeadline({ code }: RpcError): boolean {
  return code === status.DEADLINE_EXCEEDED;
}

function reasonOf({ reason }: AbortSignal): RpcError {
  return reason instanceof RpcError ? reason : cancelled();
}
