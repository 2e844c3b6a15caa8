import type { CallNode } from "./trace.ts";

/**
 * Writes a tree as JSON in printable ASCII, fit for a header, of so many bytes at most. If it is longer the innermost calls are dropped, level by
 * level, and then the last ones; `{"dropped": 3}` stands where they stood.
 */
export function toTreeText(calls: readonly CallNode[], bytesMax: number): string {
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

/** Reads what {@link toTreeText} wrote. Gives nothing if it is something else, which a peer that is not ours may send. */
export function parseTreeText(text: string): readonly CallNode[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return areNodes(parsed) ? parsed : [];
  } catch {
    // What was called is then not known; the call itself is none the worse for it.
    return [];
  }
}

function depthOf(calls: readonly CallNode[]): number {
  return Math.max(0, ...calls.map((call) => 1 + ("dropped" in call ? 0 : depthOf(call.calls))));
}

/** Keeps so many levels. */
function cut(calls: readonly CallNode[], depth: number): readonly CallNode[] {
  return calls.map((call) => {
    if ("dropped" in call || call.calls.length === 0) return call;
    return { ...call, calls: depth > 1 ? cut(call.calls, depth - 1) : [dropped(call.calls)] };
  });
}

function dropped(calls: readonly CallNode[]): CallNode {
  return { dropped: calls.reduce((sum, call) => sum + countOf(call), 0) };
}

function countOf(call: CallNode): number {
  if ("dropped" in call) return call.dropped;
  return call.calls.reduce((sum, inner) => sum + countOf(inner), 1);
}

/** Reasons come from callees, and may be any text. */
function toText(calls: readonly CallNode[]): string {
  return JSON.stringify(calls).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function areNodes(value: unknown): value is readonly CallNode[] {
  return Array.isArray(value) && value.every(isNode);
}

function isNode(value: unknown): value is CallNode {
  if (typeof value !== "object" || value === null) return false;
  if ("dropped" in value) return typeof value.dropped === "number";
  return "calls" in value && areNodes(value.calls);
}
