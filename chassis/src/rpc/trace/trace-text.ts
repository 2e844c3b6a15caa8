import type { SpanNode } from "./trace.ts";

/**
 * Writes a trace as JSON in printable ASCII, so that it fits a header, with at most `bytesMax`
 * bytes. If it is longer, the innermost spans are dropped, level by level, and then the last ones;
 * in their place stands `{"dropped": 3}`.
 */
export function toTraceText(calls: readonly SpanNode[], bytesMax: number): string {
  if (calls.length === 0) return "[]";
  for (let depth = depthOf(calls); depth > 0; depth--) {
    const text = toText(cut(calls, depth));
    if (text.length <= bytesMax) return text;
  }
  for (let kept = calls.length - 1; kept > 0; kept--) {
    const text = toText([...cut(calls.slice(0, kept), 1), dropped(calls.slice(kept))]);
    if (text.length <= bytesMax) return text;
  }
  return toText([dropped(calls)]);
}

/**
 * Reads what {@link toTraceText} wrote. Returns nothing for any other text: a foreign peer may send
 * anything.
 */
export function parseTraceText(text: string): readonly SpanNode[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return areNodes(parsed) ? parsed : [];
  } catch {
    // The trace then lacks these spans. The call itself is not affected.
    return [];
  }
}

function depthOf(calls: readonly SpanNode[]): number {
  return Math.max(0, ...calls.map((call) => 1 + ("dropped" in call ? 0 : depthOf(call.calls))));
}

/** Drops the spans below a number of levels. */
function cut(calls: readonly SpanNode[], depth: number): readonly SpanNode[] {
  return calls.map((call) => {
    if ("dropped" in call || call.calls.length === 0) return call;
    return { ...call, calls: depth > 1 ? cut(call.calls, depth - 1) : [dropped(call.calls)] };
  });
}

function dropped(calls: readonly SpanNode[]): SpanNode {
  return { dropped: calls.reduce((sum, call) => sum + countOf(call), 0) };
}

function countOf(call: SpanNode): number {
  if ("dropped" in call) return call.dropped;
  return call.calls.reduce((sum, inner) => sum + countOf(inner), 1);
}

/** A reason comes from the callee, and may be any text. */
function toText(calls: readonly SpanNode[]): string {
  return JSON.stringify(calls).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function areNodes(value: unknown): value is readonly SpanNode[] {
  return Array.isArray(value) && value.every(isNode);
}

function isNode(value: unknown): value is SpanNode {
  if (typeof value !== "object" || value === null) return false;
  if ("dropped" in value) return typeof value.dropped === "number";
  return "calls" in value && areNodes(value.calls);
}
