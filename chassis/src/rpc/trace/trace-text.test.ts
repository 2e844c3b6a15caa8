import type { CallNode } from "./trace.ts";
import { parseTreeText, toTreeText } from "./trace-text.ts";

function call(method: string, calls: readonly CallNode[] = []): CallNode {
  return { callee: "users", method, code: "OK", ms: 1, tries: 1, breaker: "closed", calls };
}

const TREE = [call("a", [call("b", [call("c"), call("d")])]), call("e")];

describe("a call tree as text", () => {
  it("is the calls as JSON, and is read again", () => {
    const text = toTreeText(TREE, 8_192);
    expect(JSON.parse(text)).toEqual(TREE);
    expect(parseTreeText(text)).toEqual(TREE);
    expect(toTreeText([], 2)).toBe("[]");
  });

  it("drops the innermost calls first, and says how many, until it fits", () => {
    const all = toTreeText(TREE, 8_192).length;
    const two = toTreeText(TREE, all - 1);
    expect(JSON.parse(two)).toEqual([call("a", [call("b", [{ dropped: 2 }])]), call("e")]);
    const one = toTreeText(TREE, two.length - 1);
    expect(JSON.parse(one)).toEqual([call("a", [{ dropped: 3 }]), call("e")]);
    const first = toTreeText(TREE, one.length - 1);
    expect(JSON.parse(first)).toEqual([call("a", [{ dropped: 3 }]), { dropped: 1 }]);
    expect(toTreeText(TREE, first.length - 1)).toBe('[{"dropped":5}]');
  });

  it("counts what was dropped before", () => {
    expect(toTreeText([call("a", [{ dropped: 7 }])], 20)).toBe('[{"dropped":8}]');
  });

  it("is fit for a header, whatever a callee calls its reason", () => {
    const reason = 'é\r\n"\u007f🦋';
    const text = toTreeText([{ ...call("a"), reason } as CallNode], 8_192);
    expect(text).toMatch(/^[\x20-\x7e]+$/);
    expect(parseTreeText(text)).toMatchObject([{ reason }]);
  });

  it.each(["", "{", "{}", "7", "[7]", "[null]", "[{}]", '[{"calls":[7]}]', '[{"dropped":"x"}]'])(
    "is read as none if it is %j",
    (text) => {
      expect(parseTreeText(text)).toEqual([]);
    },
  );
});
