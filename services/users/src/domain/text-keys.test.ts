import { toEmailKey, toNameKey } from "./text-keys.ts";

test("an e-mail address is found however it is typed, and has its own dots and tags", () => {
  expect(toEmailKey("Ada+Tag@Example.ORG")).toBe("ada+tag@example.org");
  expect(toEmailKey("jose\u0301@example.org")).toBe(toEmailKey("JOSÉ@example.org"));
  expect(toEmailKey("a.da@example.org")).not.toBe(toEmailKey("ada@example.org"));
});

describe("the key of a name", () => {
  test("has no case, and the blank at the end of a word", () => {
    expect(toNameKey("E\u0301lise ")).toBe("élise ");
  });

  test("fits into an index, whatever the name folds to", () => {
    // One character that folds to eighteen.
    expect([...toNameKey("\uFDFA".repeat(80))]).toHaveLength(200);
  });

  test("of a name's beginning begins the key of the name", () => {
    expect(toNameKey("Straße 12").startsWith(toNameKey("STRASS"))).toBe(true);
  });
});
