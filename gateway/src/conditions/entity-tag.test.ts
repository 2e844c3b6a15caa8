import {
  matchesNone,
  matchesStrongly,
  parseEntityTags,
  resourceTag,
  versionOf,
} from "./entity-tag.ts";

describe("an entity tag", () => {
  test("changes with the version and with the bytes", () => {
    const tag = resourceTag("3", '{"a":1}');
    expect(tag).toMatch(/^"3\.[\w-]{16}"$/);
    expect(resourceTag("4", '{"a":1}')).not.toBe(tag);
    expect(resourceTag("3", '{"a":2}')).not.toBe(tag);
    expect(resourceTag("3", '{"a":1}')).toBe(tag);
  });

  test.each<[string, ReturnType<typeof parseEntityTags>]>([
    ["*", "*"],
    [' "a" ', [{ weak: false, opaque: "a" }]],
    [
      'W/"a",  "b,c"',
      [
        { weak: true, opaque: "a" },
        { weak: false, opaque: "b,c" },
      ],
    ],
    ['""', [{ weak: false, opaque: "" }]],
    [
      ' , "a",,"b" ,',
      [
        { weak: false, opaque: "a" },
        { weak: false, opaque: "b" },
      ],
    ],
    ["", undefined],
    [",", undefined],
    ["a", undefined],
    ['"a" "b"', undefined],
    ['"a', undefined],
    ['w/"a"', undefined],
    ['*, "a"', undefined],
  ])("is parsed out of %s", (header, expected) => {
    expect(parseEntityTags(header)).toEqual(expected);
  });

  test("has a version only if the gateway made it", () => {
    const opaque = "12.abcdefghijklmnop";
    expect(versionOf({ weak: false, opaque })).toBe("12");
    expect(versionOf({ weak: false, opaque: "12" })).toBeUndefined();
    expect(versionOf({ weak: false, opaque: "x.abcdefghijklmnop" })).toBeUndefined();
  });

  test("is compared weakly by If-None-Match", () => {
    expect(matchesNone(undefined, '"a"')).toBe(false);
    expect(matchesNone('W/"a"', '"a"')).toBe(true);
    expect(matchesNone('"b"', '"a"')).toBe(false);
    expect(matchesNone("nonsense", '"a"')).toBe(false);
  });

  test("is compared strongly by If-Match", () => {
    expect(matchesStrongly("*", '"a"')).toBe(true);
    expect(matchesStrongly('"b", "a"', '"a"')).toBe(true);
    expect(matchesStrongly('W/"a"', '"a"')).toBe(false);
    expect(matchesStrongly('"b"', '"a"')).toBe(false);
    expect(matchesStrongly("a", '"a"')).toBe(false);
  });

  test("is parsed in one pass: a list of 400,000 characters that never ends would otherwise take minutes", () => {
    expect(parseEntityTags(`${'"a",'.repeat(100_000)}"`)).toBeUndefined();
  });
});
