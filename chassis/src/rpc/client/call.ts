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

/** What all calls of one method of one callee share. */
export interface CallSite<Request, Answer> {
  readonly plan: MethodPlan;
  readonly gate: Gate;
  readonly budget: ExtraCallBudget;
  /** Sends a call once. */
  send(request: Request, call: OutgoingCall, told: Told<Answer>): Sent;
  /** Whether a second try would hang beside the first. */
  hangs(): boolean;
}

/** For whom a call is made. */
export interface CallFor {
  readonly context: CallContext;
  readonly authorization: string | undefined;
  readonly explanation: CallExplanation | undefined;
}

const ONCE = { once: true };

/**
 * One call of a client, from the request to its outcome. The object is what the transport reads,
 * what it tells of the outcome, the listener of the caller's signal, and the entry in the queue of
 * the bulkhead and on the time wheel: so a call under way is one object and one promise. What only
 * a call in trouble needs, such as a second try, is made when the trouble is there.
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
    this.deadline = Math.min(context.deadline, nowMs + plan.timeoutMs);
    this.signal = context.signal;
    this.explanation = own.explanation;
    this.#site = site;
    this.#request = request;
    this.#isCutShort = this.deadline - nowMs < plan.cutShortMs;
  }

  /** Makes the call, and returns what becomes of it. To be called once. */
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

  /** Called by the queue: the call has a place. */
  onPermit(): void {
    timeWheel.remove(this);
    const refused = this.#refusal();
    if (refused === undefined) this.#begin();
    else {
      this.#site.gate.leave();
      this.#refuse(refused);
    }
  }

  /** Called by the queue: the breaker has opened. */
  onEvicted(): void {
    this.#refuse(this.#refusal() ?? this.#site.gate.full());
  }

  /** Called by the wheel: the wait for a place, for a first answer or for a message is over. */
  onDue(): void {
    const { gate } = this.#site;
    if (this.#state === "queued") {
      gate.withdraw(this);
      this.#refuse(Date.now() >= this.deadline ? deadlineExceeded() : gate.full());
    } else if (this.#isHedgeOpen) this.#hedge();
    else this.#giveUp(deadlineExceeded());
  }

  /** Called by the caller's signal. */
  handleEvent(): void {
    const reason = reasonOf(this.signal);
    if (this.#state === "queued") {
      this.#site.gate.withdraw(this);
      this.#refuse(reason);
    } else this.#giveUp(reason);
  }

  /** Told by the transport; of the second try if there is one. The first answer counts. */
  answered(answer: Answer, second?: SecondTry<Answer>): void {
    if (this.#state === "ended") return;
    if (second === undefined) this.#second?.sent?.cancel();
    else this.#first?.cancel();
    this.#end(ANSWERED);
    this.#outcome.resolve(answer);
  }

  /**
   * Told by the transport; of the second try if there is one. An error of the callee's rules is an
   * answer. A lost connection is one only if nothing else comes.
   */
  failed(error: unknown, second?: SecondTry<Answer>): void {
    if (this.#state === "ended") return;
    const verdict = judge(error, this.#isCutShort);
    // Nothing was done, so it does not matter whether the method may be called twice. grpc-js sends
    // such a call again once by itself; a write that met two ending connections would be lost.
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

  /** Of a stream, the first message is awaited for so long; an answer, until the deadline. */
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
      // A handler in the same process may have made the caller give up by now.
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

  /** Whether it is still to be decided if there is a second try. */
  get #isHedgeOpen(): boolean {
    return this.#state === "sent" && this.#site.plan.secondTry === "hedge";
  }

  /** Makes a second try, unless it would hang too, or the budget has no token. */
  #hedge(): boolean {
    const { gate, budget } = this.#site;
    this.#state = "hedged";
    this.#awaitMessage();
    if (this.#site.hangs() || !budget.spend()) return false;
    gate.countExtra();
    this.#second = new SecondTry(this);
    this.#sendSecond(this.#second);
    return true;
  }

  #giveUp(reason: RpcError): void {
    if (this.#state === "ended") return;
    this.#fail(reason, judge(reason, this.#isCutShort));
  }

  #fail(error: unknown, verdict: Verdict): void {
    this.#first?.cancel();
    this.#second?.sent?.cancel();
    this.explanation?.failed(error);
    this.#end(verdict, error);
    this.#outcome.reject(error);
  }

  /** Ends a call that was sent. The breaker hears of it before the place is handed on. */
  #end(verdict: Verdict, error?: unknown): void {
    const { gate } = this.#site;
    this.#leave();
    gate.tell(verdict, this.#isProbe);
    gate.leave();
    gate.observe(this.#startMs, error);
  }

  /** Ends a call that was not sent, and has no place. */
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

function reasonOf({ reason }: AbortSignal): RpcError {
  return reason instanceof RpcError ? reason : cancelled();
}
