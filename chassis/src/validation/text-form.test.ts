import { fold, isBlank, trimBlanks } from "./text-form.ts";

const FAMILY = "\u{1F468}\u200D\u{1F469}\u200D\u{1F467}";
const ENGLAND = "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}";

describe("fold", () => {
  test.each([
    ["Ada", "ADA"],
    ["café", "cafe\u0301"],
    ["Élise", "e\u0301LISE"],
    ["ΟΔΟΣ", "οδος"],
    ["ΟΔΟΣ", "οδοσ"],
    ["ЖУК", "жук"],
    ["STRASSE", "straße"],
    ["ＣＡＦＥ", "cafe"],
    ["ﬁn", "fin"],
    ["한글", "\u1112\u1161\u11AB\u1100\u1173\u11AF"],
    ["ca\u200Bfe", "cafe"],
    ["ca\u200Dfe", "cafe"],
    ["ca\u00ADfe", "cafe"],
    ["\u2066cafe\u2069", "cafe"],
    ["❤\uFE0F", "❤"],
    ["™", "TM"],
  ])("maps %j and %j to one text", (one, other) => {
    expect(fold(one)).toBe(fold(other));
  });

  test.each([
    ["Zoe", "Zoë"],
    ["cafe", "cofe"],
    [FAMILY, "\u{1F468}\u{1F469}\u{1F467}"],
    ["نامه\u200Cای", "نامهای"],
  ])("keeps %j and %j apart", (one, other) => {
    expect(fold(one)).not.toBe(fold(other));
  });

  test.each([
    "Straße",
    "ﬃ",
    "İstanbul",
    "ΟΔΟΣ",
    "cafe\u0301",
    FAMILY,
    "\u1E9B\u0323",
    "ca\u200Bfe",
  ])("leaves a folded text as it is: %j", (text) => {
    expect(fold(fold(text))).toBe(fold(text));
  });
});

describe("a text is blank", () => {
  test.each([
    ["empty", ""],
    ["blanks", " \t\r\n\u00A0\u3000\u0085"],
    ["a zero-width space", "\u200B"],
    ["joiners and marks of direction", "\u200C\u200D\u200E\u200F\u2060\uFEFF"],
    ["a soft hyphen", "\u00AD"],
    ["Hangul fillers", "\u115F\u1160\u3164\uFFA0"],
    ["a Braille blank", "\u2800"],
    ["variation selectors and tags", "\uFE0F\u{E0100}\u{E0067}"],
    ["a combining grapheme joiner", "\u034F"],
    ["controls", "\u0001\u007F"],
  ])("of %s", (_what, text) => {
    expect(isBlank(text)).toBe(true);
    expect(trimBlanks(text)).toBe("");
  });

  test.each([".", "\0", "\u200Ba\u200B", FAMILY, "❤\uFE0F", "\u0301", "\u0600"])(
    "not if it shows something: %j",
    (text) => {
      expect(isBlank(text)).toBe(false);
    },
  );
});

describe("blanks around a text", () => {
  test.each([
    [" ada ", "ada"],
    ["\u00A0ada\u200B\n", "ada"],
    ["\uFEFFtwo  words\u3000", "two  words"],
  ])("are removed: %j", (text, expected) => {
    expect(trimBlanks(text)).toBe(expected);
  });

  test("are found in a time in proportion to the text, wherever they are", () => {
    // A quadratic search would take an hour.
    const within = `a${" ".repeat(1_000_000)}b`;
    expect(trimBlanks(` ${within} `)).toBe(within);
    expect(fold(`${within}${"\u200D".repeat(100_000)}`)).toBe(within);
  });

  test.each(["❤\uFE0F", ENGLAND, FAMILY])("are no part of an emoji: %j", (text) => {
    expect(trimBlanks(` ${text} `)).toBe(text);
  });
});
