import type { SpanNode } from "./trace.ts";

/** Who is told what becomes of a call that is to be explained. */
export interface Explanation {
  /** By who carries the call: it is sent, maybe again. */
  sent?(): void;
  /** By who answers the call, if its user is an operator: what was called for it. */
  called(calls: readonly SpanNode[]): void;
}
