import { cancelled, deadlineExceeded } from "#contract/cancellation.ts";
import { RpcError } from "#contract/rpc-error.ts";

/**
 * A deadline that is being kept: its signal fires when it passes, or when the caller gives up
 * before.
 */
export interface KeptDeadline extends Disposable {
  /** When the answer is of no more use, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Fires with an {@link RpcError}, DEADLINE_EXCEEDED or CANCELLED. */
  readonly signal: AbortSignal;
  /** Settles as the work does, or fails as soon as the signal fires, whichever is first. */
  race<T>(work: Promise<T>): Promise<T>;
}

/**
 * Keeps a deadline until it is disposed of. The parent's signal, if it fires first, means that the
 * caller gave up.
 */
export function keepDeadline(deadline: number, parent?: AbortSignal): KeptDeadline {
  const controller = new AbortController();
  const { signal } = controller;
  const timer = setTimeout(
    () => controller.abort(deadlineExceeded()),
    Math.max(0, deadline - Date.now()),
  );
  const giveUp = () => controller.abort(asRpcError(parent?.reason));
  if (parent?.aborted) giveUp();
  else parent?.addEventListener("abort", giveUp, { once: true });
  return {
    deadline,
    signal,
    race: (work) => raceSignal(work, signal),
    [Symbol.dispose]() {
      clearTimeout(timer);
      parent?.removeEventListener("abort", giveUp);
    },
  };
}

function asRpcError(reason: unknown): RpcError {
  return reason instanceof RpcError ? reason : cancelled();
}

async function raceSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (abort) signal.removeEventListener("abort", abort);
    // The loser may still fail when nobody listens any more; its failure was already answered for.
    work.catch(() => undefined);
    aborted.catch(() => undefined);
  }
}
