import type { SpanNode } from "./trace.ts";
import { parseTraceText, toTraceText } from "./trace-text.ts";

function call(method: string, calls: readonly SpanNode[] = []): SpanNode {
  return { callee: "users", method, code: "OK", ms: 1, tries: 1, breaker: "closed", calls };
}

const TREE = [call("a", [call("b", [call("c"), call("d")])]), call("e")];

describe("a call tree as text", () => {
  test("is the calls as JSON, and is read again", () => {
    const text = toTraceText(TREE, 8_192);
    expect(JSON.parse(text)).toEqual(TREE);
    expect(parseTraceText(text)).toEqual(TREE);
    expect(toTraceText([], 2)).toBe("[]");
  });

  test("drops the innermost calls first, and says how many, until it fits", () => {
    const all = toTraceText(TREE, 8_192).length;
    const two = toTraceText(TREE, all - 1);
    expect(JSON.parse(two)).toEqual([call("a", [call("b", [{ dropped: 2 }])]), call("e")]);
    const one = toTraceText(TREE, two.length - 1);
    expect(JSON.parse(one)).toEqual([call("a", [{ dropped: 3 }]), call("e")]);
    const first = toTraceText(TREE, one.length - 1);
    expect(JSON.parse(first)).toEqual([call("a", [{ dropped: 3 }]), { dropped: 1 }]);
    expect(toTraceText(TREE, first.length - 1)).toBe('[{"dropped":5}]');
  });

  test("counts what was dropped before", () => {
    expect(toTraceText([call("a", [{ dropped: 7 }])], 20)).toBe('[{"dropped":8}]');
  });

  test("is fit for a header, whatever a callee calls its reason", () => {
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
