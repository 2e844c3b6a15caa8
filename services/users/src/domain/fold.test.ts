import { fold, foldEmail } from "./fold.ts";

describe("fold", () => {
  test.each([
    ["Ada", "ADA"],
    ["Élise", "e\u0301LISE"],
    ["ΟΔΟΣ", "οδος"],
    ["ΟΔΟΣ", "οδοσ"],
    ["ЖУК", "жук"],
  ])("maps %s and %s to one text", (one, other) => {
    expect(fold(one)).toBe(fold(other));
  });

  test("maps texts that differ in more than case to different texts", () => {
    expect(fold("Zoe")).not.toBe(fold("Zoë"));
  });
});

test("only the case of an e-mail address is folded", () => {
  expect(foldEmail("Ada+Tag@Example.ORG")).toBe("ada+tag@example.org");
  expect(foldEmail("a.da@example.org")).not.toBe(foldEmail("ada@example.org"));
});
