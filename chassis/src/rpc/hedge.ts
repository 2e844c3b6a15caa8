import { status } from "@grpc/grpc-js";
import type { ExtraCallBudget } from "./extra-call-budget.ts";
import { RpcError } from "./rpc-error.ts";

/** Sends a call once. The signal takes it back. */
export type SendOnce<T> = (signal: AbortSignal) => Promise<T>;

/** When a second try may be made. */
export interface HedgeOptions {
  /** How long the first try is waited for alone, in milliseconds. */
  readonly afterMs: number;
  readonly budget: ExtraCallBudget;
  /** Fires when the caller gives up. */
  readonly signal: AbortSignal;
  /** Told when a second try is made. */
  readonly onExtra: () => void;
}

/**
 * Sends a call, and once more if no answer has come after a while, or at once if its connection was lost; the first answer counts and the other
 * try is taken back. After "hedged requests" in Dean and Barroso, The Tail at Scale (2013). grpc-js' own hedging is not used: its
 * throttling does not hold it back (60 calls to a dead callee became 240).
 */
export async function hedge<T>(send: SendOnce<T>, options: HedgeOptions): Promise<T> {
  const { budget, signal } = options;
  budget.earn();
  const losers = new AbortController();
  const both = AbortSignal.any([signal, losers.signal]);
  const first = send(both);
  try {
    const early = await Promise.race([settled(first), silence(options.afterMs, losers.signal)]);
    if (early !== SILENT && !("error" in early && isLost(early.error))) return await first;
    if (signal.aborted || !budget.spend()) return await first;
    options.onExtra();
    return await firstGood(early === SILENT ? [first, send(both)] : [send(both)]);
  } finally {
    losers.abort(LOST_RACE);
  }
}

const SILENT = Symbol("no answer yet");
const LOST_RACE = new RpcError(status.CANCELLED, "another try was answered first", {
  reason: "CANCELLED",
});

type Settled<T> = { readonly value: T } | { readonly error: unknown };

function settled<T>(call: Promise<T>): Promise<Settled<T>> {
  return call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

function silence(afterMs: number, over: AbortSignal): Promise<typeof SILENT> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(SILENT), afterMs);
    over.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
}

/** Gives the first answer; an error of the callee's rules is an answer, a lost connection is one only if nothing else comes. */
async function firstGood<T>(tries: readonly Promise<T>[]): Promise<T> {
  const answers = tries.map(async (attempt) => {
    const outcome = await settled(attempt);
    if ("error" in outcome && isLost(outcome.error)) throw outcome.error;
    return outcome;
  });
  try {
    const outcome = await Promise.any(answers);
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  } catch (thrown) {
    throw thrown instanceof AggregateError ? thrown.errors.at(-1) : thrown;
  }
}

/** A callee that answers UNAVAILABLE itself gives its reason, and has nothing better for a second try. */
function isLost(error: unknown): boolean {
  return error instanceof RpcError && error.code === status.UNAVAILABLE && error.reason === "";
}
