import { resolveRange } from "./byte-range.ts";

const SIZE = 100;

describe("a byte range", () => {
  test.each([
    ["nothing", {}, 0, 100],
    ["first to last", { first: 10, last: 19 }, 10, 10],
    ["the first byte", { first: 0, last: 0 }, 0, 1],
    ["first to the end", { first: 90 }, 90, 10],
    ["past the end", { first: 90, last: 1_000 }, 90, 10],
    ["the last ten", { last: 10 }, 90, 10],
    ["the last more than there are", { last: 1_000 }, 0, 100],
  ])("of %s means these bytes", (_, range, first, length) => {
    const resolved = resolveRange({ first: undefined, last: undefined, ...range }, SIZE);
    expect(resolved).toEqual({ first, length });
  });

  test("means all bytes if it is undefined", () => {
    expect(resolveRange(undefined, SIZE)).toEqual({ first: 0, length: 100 });
  });

  test.each([
    [{ first: 100, last: undefined }, "RANGE_NOT_SATISFIABLE"],
    [{ first: undefined, last: 0 }, "RANGE_NOT_SATISFIABLE"],
  ])("%j fails with %s", (range, reason) => {
    expect(() => resolveRange(range, SIZE)).toThrow(expect.objectContaining({ reason }));
  });
});
