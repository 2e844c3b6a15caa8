import { fold, foldEmail } from "./fold.ts";

describe("fold", () => {
  test.each([
    ["Ada", "ADA"],
    ["Élise", "e\u0301LISE"],
    ["ΟΔΟΣ", "οδος"],
    ["ΟΔΟΣ", "οδοσ"],
    ["ЖУК", "жук"],
  ])("makes one of %s and %s", (one, other) => {
    expect(fold(one)).toBe(fold(other));
  });

  test("leaves apart what differs in more than case", () => {
    expect(fold("Zoe")).not.toBe(fold("Zoë"));
  });
});

test("an e-mail address is folded in its case alone", () => {
  expect(foldEmail("Ada+Tag@Example.ORG")).toBe("ada+tag@example.org");
  expect(foldEmail("a.da@example.org")).not.toBe(foldEmail("ada@example.org"));
});
