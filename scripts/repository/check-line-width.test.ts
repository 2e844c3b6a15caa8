import { longComments, longProse } from "./check-line-width.ts";

const LONG = "word ".repeat(25).trim();

describe("a comment", () => {
  test.each(["// ", " * ", "/** ", "-- ", "# "])(
    "after %j is too long beyond 100 columns",
    (mark) => {
      expect(longComments(`short\n${mark}${LONG}\n`)).toEqual([2]);
    },
  );

  test("is as long as it must be where one word alone is too long", () => {
    expect(longComments(`// ${"x".repeat(120)}`)).toEqual([]);
  });

  test("is not what a line of code is", () => {
    expect(longComments(`const text = "${LONG}";`)).toEqual([]);
  });
});

describe("Markdown", () => {
  test("is too long beyond 100 columns", () => {
    expect(longProse(`# Title\n\n${LONG}\n- ${LONG}\n`)).toEqual([3, 4]);
  });

  test("may be as long as it likes in a table or a block of code", () => {
    expect(longProse(`| ${LONG} |\n\n\`\`\`sh\n${LONG}\n\`\`\`\n`)).toEqual([]);
  });
});
