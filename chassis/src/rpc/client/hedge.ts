import { status } from "@grpc/grpc-js";
import { RpcError } from "#contract/rpc-error.ts";
import { judge } from "#contract/verdict.ts";
import type { ExtraCallBudget } from "./extra-call-budget.ts";

/**
 * Sends a call once. The signal takes it back, and does not fire for the try whose answer counts.
 */
export type SendOnce<T> = (signal: AbortSignal) => Promise<T>;

/** When a second try may be made. */
export interface HedgeOptions {
  /** How long the first try is waited for alone, in milliseconds. */
  readonly afterMs: number;
  readonly budget: ExtraCallBudget;
  /** Whether a second try would hang beside the first. */
  readonly hangs: () => boolean;
  /** Fires when the caller gives up. */
  readonly signal: AbortSignal;
  /** Told when a second try is made. */
  readonly onExtra: () => void;
}

/**
 * Sends a call, and once more if no answer has come after a while, or at once if its connection was
 * lost; the first answer counts and the other try is taken back. After "hedged requests" in Dean
 * and Barroso, The Tail at Scale (2013). grpc-js' own hedging is not used: its throttling does not
 * hold it back (60 calls to a dead callee became 240).
 */
export async function hedge<T>(send: SendOnce<T>, options: HedgeOptions): Promise<T> {
  const { budget, hangs, signal } = options;
  budget.earn();
  const over = new AbortController();
  const first = attempt(send, signal);
  try {
    const early = await Promise.race([first.outcome, silence(options.afterMs, over.signal)]);
    if (early !== SILENT && !isLost(early)) return answerOf(early);
    if (signal.aborted || hangs() || !budget.spend()) return answerOf(await first.outcome);
    options.onExtra();
    return await firstGood([first, attempt(send, signal)]);
  } finally {
    over.abort();
  }
}

const SILENT = Symbol("no answer yet");
const LOST_RACE = new RpcError(status.CANCELLED, "another try was answered first", {
  reason: "CANCELLED",
});

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

/** One try. Its outcome never rejects. */
interface Try<T> {
  readonly outcome: Promise<Outcome<T>>;
  readonly takeBack: () => void;
}

function attempt<T>(send: SendOnce<T>, signal: AbortSignal): Try<T> {
  const controller = new AbortController();
  const outcome = send(AbortSignal.any([signal, controller.signal])).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  return { outcome, takeBack: () => controller.abort(LOST_RACE) };
}

function answerOf<T>(outcome: Outcome<T>): T {
  if ("error" in outcome) throw outcome.error;
  return outcome.value;
}

function silence(afterMs: number, over: AbortSignal): Promise<typeof SILENT> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(SILENT), afterMs);
    over.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
}

/**
 * Gives the first answer, and takes the other tries back; an error of the callee's rules is an
 * answer, a lost connection is one only if nothing else comes.
 */
async function firstGood<T>(tries: readonly Try<T>[]): Promise<T> {
  const answers = tries.map(async ({ outcome }, index) => {
    const own = await outcome;
    if (isLost(own)) throw own.error;
    return { own, index };
  });
  try {
    const { own, index: winner } = await Promise.any(answers);
    tries.forEach(({ takeBack }, index) => {
      if (index !== winner) takeBack();
    });
    return answerOf(own);
  } catch (thrown) {
    throw thrown instanceof AggregateError ? thrown.errors.at(-1) : thrown;
  }
}

/**
 * A callee that answers UNAVAILABLE itself gives its reason, and has nothing better for a second
 * try.
 */
function isLost(outcome: Outcome<unknown>): outcome is { readonly error: unknown } {
  return "error" in outcome && judge(outcome.error).isLost;
}
