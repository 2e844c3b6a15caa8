import { parseOptions } from "./options.ts";

const ARMS = ["monolith", "triptych", "bare-node"];

test("measures all arms and scenarios if nothing is chosen", () => {
  const options = parseOptions([], ARMS);
  expect(options.arms).toEqual(ARMS);
  expect(options.scenarios.map(({ name }) => name)).toContain("mix");
});

test("--quick measures two arms once, in few scenarios", () => {
  const options = parseOptions(["--quick"], ARMS);
  expect(options.arms).toEqual(["monolith", "triptych"]);
  expect(options.rounds).toBe(1);
  expect(options.scenarios.map(({ name }) => name)).toEqual([
    "image",
    "list",
    "comments",
    "post-comment",
  ]);
});

test("measures what was chosen, in the order of all", () => {
  const options = parseOptions(
    ["--scenarios", "list,image", "--arms", "triptych", "--rounds", "7", "--quick"],
    ARMS,
  );
  expect(options.scenarios.map(({ name }) => name)).toEqual(["image", "list"]);
  expect(options.arms).toEqual(["triptych"]);
  expect(options.rounds).toBe(7);
});

test.each([
  [["--rounds", "0"]],
  [["--rounds", "many"]],
  [["--arms", "nobody"]],
  [["--scenarios", "nothing"]],
  [["--unknown"]],
])("refuses %j", (words) => {
  expect(() => parseOptions(words, ARMS)).toThrow();
});
