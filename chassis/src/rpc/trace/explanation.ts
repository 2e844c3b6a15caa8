import type { SpanNode } from "./trace.ts";

/** Records a call for a trace. */
export interface Explanation {
  /** Called for each try. */
  sent(): void;
  /** Called with the spans of the callee, if the user is an operator. */
  called(calls: readonly SpanNode[]): void;
}
