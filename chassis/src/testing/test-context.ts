import { ANONYMOUS, type Caller } from "#identity/caller.ts";
import type { CallContext } from "#rpc/call-context.ts";

const TIMEOUT_MS_DEFAULT = 5_000;

/** The options of a test's call. */
interface TestContextOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly requestId?: string;
}

/** Returns the context of a test's call. */
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
