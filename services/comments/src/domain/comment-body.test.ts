import { BODY_CODE_POINTS_MAX, findBodyViolation } from "./comment-body.ts";

describe("findBodyViolation", () => {
  test.each([
    ["one character", "a"],
    ["lines", "first\n\nsecond\r\n\tthird"],
    ["blanks around words", "  a  "],
    ["an emoji of several", "\u{1F468}\u200d\u{1F469}\u200d\u{1F467}"],
    ["as many code points as may be", "x".repeat(BODY_CODE_POINTS_MAX)],
    ["as many code points of two units each", "🖼".repeat(BODY_CODE_POINTS_MAX)],
  ])("finds nothing wrong with %s", (_what, body) => {
    expect(findBodyViolation(body)).toBeUndefined();
  });

  test.each([
    ["nothing", "", "blank"],
    ["blanks, tabs and lines alone", " \t\n\u00a0\u2003", "blank"],
    ["a zero-width space", "\u200b", "blank"],
    ["fillers, joiners and selectors alone", "\u3164\u200d\ufe0f\u00ad\u2800", "blank"],
    ["one code point too many", "x".repeat(BODY_CODE_POINTS_MAX + 1), "at most 2000"],
    ["one code point of two units too many", "🖼".repeat(BODY_CODE_POINTS_MAX + 1), "at most 2000"],
    ["megabytes", "x".repeat(4_000_000), "at most 2000"],
    ["NUL", "a\0b", "NUL"],
    ["a lone surrogate", "a\ud83d", "surrogate"],
  ])("refuses %s", (_what, body, fault) => {
    expect(findBodyViolation(body)).toContain(fault);
  });
});
