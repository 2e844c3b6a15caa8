import { parseByteRange } from "./byte-range.ts";

describe("Range", () => {
  test.each([
    ["bytes=0-0", { first: 0, last: 0 }],
    ["bytes=5-", { first: 5 }],
    ["bytes=-5", { last: 5 }],
    ["BYTES=1-2", { first: 1, last: 2 }],
    ["bytes=0-99999999999999999999", { first: 0, last: 4_294_967_295 }],
    ["bytes=-", undefined],
    ["bytes=2-1", undefined],
    ["bytes=1-2,4-5", undefined],
    ["bytes=a-b", undefined],
    ["items=1-2", undefined],
    [undefined, undefined],
  ])("%s is understood as %j", (header, expected) => {
    expect(parseByteRange(header)).toEqual(expected);
  });
});
