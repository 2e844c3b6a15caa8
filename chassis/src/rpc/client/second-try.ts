import type { Sent, Told } from "#rpc/transport.ts";

/** How much of the load may be extra, at most: one extra call for twenty. */
const RATIO = 0.05;
/**
 * What may be spent at once after a calm time: about what one replica that dies or hangs has in
 * flight.
 */
const TOKENS_MAX = 32;

/**
 * A retry budget: bounds the calls of a callee that are made in addition to those that were asked
 * for, so that a callee in trouble is not given more of it. Each call earns a twentieth of a token,
 * an extra one costs a token (after gRPC's retry throttling, proposal A6, which counts failures
 * instead).
 */
export class ExtraCallBudget {
  #tokens = TOKENS_MAX;

  /** How many extra calls may be made now; the part of one that is earned already counts too. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Counts a call that was asked for. */
  earn(): void {
    this.#tokens = Math.min(TOKENS_MAX, this.#tokens + RATIO);
  }

  /** Takes the token of one extra call. False: there is none. */
  spend(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** What is told of a second try: the call that it is made for. */
export interface Hedged<Answer> {
  answered(answer: Answer, second?: SecondTry<Answer>): void;
  failed(error: unknown, second?: SecondTry<Answer>): void;
}

/**
 * The second try of a call: there is one only once it is due. After "hedged requests" in Dean and
 * Barroso, The Tail at Scale (2013). grpc-js' own hedging is not used: its throttling does not hold
 * it back (60 calls to a dead callee became 240).
 */
export class SecondTry<Answer> implements Told<Answer> {
  readonly #call: Hedged<Answer>;
  sent: Sent | undefined;

  constructor(call: Hedged<Answer>) {
    this.#call = call;
  }

  answered(answer: Answer): void {
    this.#call.answered(answer, this);
  }

  failed(error: unknown): void {
    this.#call.failed(error, this);
  }
}
