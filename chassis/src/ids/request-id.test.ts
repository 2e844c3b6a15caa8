import { acceptRequestId } from "./request-id.ts";

const MADE = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

describe("a request id", () => {
  test.each(["a", "AZaz09._-:/", "x".repeat(128), "http://a/b:1"])("may be %s", (id) => {
    expect(acceptRequestId(id)).toBe(id);
    expect(acceptRequestId([id])).toBe(id);
  });

  test.each([
    undefined,
    "",
    "x".repeat(129),
    '"><script>',
    "a b",
    "a,b",
    "a\n",
    "a\r\nset-cookie: b",
    "%41",
    "é",
    "a;b",
    "{{7*7}}",
  ])("is made in place of %p", (id) => {
    expect(acceptRequestId(id)).toMatch(MADE);
  });

  test("is made in place of several, or of none", () => {
    expect(acceptRequestId(["a", "b"])).toMatch(MADE);
    expect(acceptRequestId([])).toMatch(MADE);
  });
});
