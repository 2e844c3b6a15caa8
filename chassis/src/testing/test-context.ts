import { ANONYMOUS, type Caller } from "#identity/caller.ts";
import type { CallContext } from "#rpc/call-context.ts";

const TIMEOUT_MS_DEFAULT = 5_000;

/** What a test may choose of the context of its call. */
interface TestContextOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly requestId?: string;
}

/** Makes the context of a call that a test makes. */
export function contextFor(
  caller: Caller = ANONYMOUS,
  options: TestContextOptions = {},
): CallContext {
  return {
    requestId: options.requestId ?? "test",
    caller,
    deadline: Date.now() + (options.timeoutMs ?? TIMEOUT_MS_DEFAULT),
    signal: options.signal ?? new AbortController().signal,
  };
}
