import { accepts } from "./acceptable.ts";

describe("Accept", () => {
  test.each([
    [undefined, true],
    ["", true],
    ["*/*", true],
    ["image/*;q=0.1", true],
    ["IMAGE/WEBP", true],
    ["text/html, image/webp;q=0.8", true],
    ["image/png", false],
    ["*/*, image/webp;q=0", false],
    ["image/*;q=0, */*", false],
    ["text/html", false],
    ["nonsense", false],
  ])("%s takes image/webp: %s", (header, expected) => {
    expect(accepts(header, ["image/webp"])).toBe(expected);
  });

  test("takes one of several types", () => {
    const types = ["application/json", "application/problem+json"];
    expect(accepts("application/problem+json", types)).toBe(true);
  });
});
