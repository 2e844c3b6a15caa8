import type { Sent, Told } from "#rpc/transport.ts";

/** How much of the load may be extra, at most: one extra call for twenty. */
const RATIO = 0.05;
/** The largest burst: about as many calls as one replica that dies or hangs has in flight. */
const TOKENS_MAX = 32;

/**
 * A retry budget for hedges: it bounds the extra calls to a callee, so that they do not add to its
 * overload. Each call earns a twentieth of a token; an extra call costs one. (After gRPC's retry
 * throttling, proposal A6, which counts failures instead.)
 */
export class ExtraCallBudget {
  #tokens = TOKENS_MAX;

  /** How many extra calls may be made now, with the fraction that is earned so far. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Counts a call that is not extra. */
  earn(): void {
    this.#tokens = Math.min(TOKENS_MAX, this.#tokens + RATIO);
  }

  /** Takes the token of one extra call. Returns false if there is none. */
  spend(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** The call that a second try is made for. */
export interface Hedged<Answer> {
  answered(answer: Answer, second?: SecondTry<Answer>): void;
  failed(error: unknown, second?: SecondTry<Answer>): void;
}

/**
 * The second try of a hedged call, created when it is due. After "hedged requests" in Dean and
 * Barroso, The Tail at Scale (2013). grpc-js' own hedging is not used, since its throttling does
 * not bound it: 60 calls to a dead callee became 240.
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
