import { findQueryViolations, parseQuery } from "./query-parser.ts";

const knowsAll = () => true;

describe("a query", () => {
  test("is decoded, and may have unknown parameters", () => {
    const query = parseQuery("a=1&b=%F0%9F%91%8D+x&&c");
    expect({ ...query }).toMatchObject({ a: "1", b: "👍 x", c: "" });
    expect(findQueryViolations(query, knowsAll)).toEqual([]);
  });

  test("inherits no members", () => {
    const query = parseQuery("__proto__=1");
    expect(Object.getPrototypeOf(query)).toBeNull();
    expect(Object.keys(query)).toEqual(["__proto__"]);
  });

  test.each([
    ["a=%", "a"],
    ["a=%ff", "a"],
    ["%ff=1", "%ff"],
    ["a=%00", "a"],
    ["a=1&a=2", "a"],
    ["%=%", "%"],
  ])("names what is wrong in %s", (text, field) => {
    expect(findQueryViolations(parseQuery(text), knowsAll)).toMatchObject([{ field }]);
  });

  test("may repeat a parameter that the route does not know", () => {
    expect(findQueryViolations(parseQuery("a=1&a=2"), () => false)).toEqual([]);
  });
});
