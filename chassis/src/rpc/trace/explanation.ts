import type { SpanNode } from "./trace.ts";

/** Takes what becomes of a call that is to be explained. */
export interface Explanation {
  /** The call is sent, maybe again. */
  sent(): void;
  /** What the callee called to answer it; only if the user is an operator. */
  called(calls: readonly SpanNode[]): void;
}
