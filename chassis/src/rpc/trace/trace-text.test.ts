import type { SpanNode } from "./trace.ts";
import { parseTraceText, toTraceText } from "./trace-text.ts";

function call(method: string, calls: readonly SpanNode[] = []): SpanNode {
  return { callee: "users", method, code: "OK", ms: 1, tries: 1, breaker: "closed", calls };
}

const TREE = [call("a", [call("b", [call("c"), call("d")])]), call("e")];

describe("a trace as text", () => {
  test("is JSON, and can be read again", () => {
    const text = toTraceText(TREE, 8_192);
    expect(JSON.parse(text)).toEqual(TREE);
    expect(parseTraceText(text)).toEqual(TREE);
    expect(toTraceText([], 2)).toBe("[]");
  });

  test("drops the innermost spans first, and counts them, until it fits", () => {
    const all = toTraceText(TREE, 8_192).length;
    const two = toTraceText(TREE, all - 1);
    expect(JSON.parse(two)).toEqual([call("a", [call("b", [{ dropped: 2 }])]), call("e")]);
    const one = toTraceText(TREE, two.length - 1);
    expect(JSON.parse(one)).toEqual([call("a", [{ dropped: 3 }]), call("e")]);
    const first = toTraceText(TREE, one.length - 1);
    expect(JSON.parse(first)).toEqual([call("a", [{ dropped: 3 }]), { dropped: 1 }]);
    expect(toTraceText(TREE, first.length - 1)).toBe('[{"dropped":5}]');
  });

  test("counts spans that were dropped before", () => {
    expect(toTraceText([call("a", [{ dropped: 7 }])], 20)).toBe('[{"dropped":8}]');
  });

  test("fits a header, whatever the reason of a callee is", () => {
    const reason = 'é\r\n"\u007f🦋';
    const text = toTraceText([{ ...call("a"), reason } as SpanNode], 8_192);
    expect(text).toMatch(/^[\x20-\x7e]+$/);
    expect(parseTraceText(text)).toMatchObject([{ reason }]);
  });

  test.each(["", "{", "{}", "7", "[7]", "[null]", "[{}]", '[{"calls":[7]}]', '[{"dropped":"x"}]'])(
    "is read as none if it is %j",
    (text) => {
      expect(parseTraceText(text)).toEqual([]);
    },
  );
});
