import { FAULTS } from "./faults.ts";
import { parseSelection } from "./parse-selection.ts";

describe("parseSelection", () => {
  test("selects every fault of every target unless some are named", () => {
    const { targets, faults, isWhole } = parseSelection([]);
    expect([targets.length, faults.length, isWhole]).toEqual([8, 6, true]);
  });

  test("selects the named targets in their usual order, and ignores pnpm's own dashes", () => {
    const words = ["--", "--target", "images-db", "--target", "users", "--rate", "20"];
    expect(parseSelection(words)).toEqual({
      targets: ["users", "images-db"],
      faults: FAULTS,
      requestsPerSecond: 20,
      keepData: false,
      isWhole: false,
    });
  });

  test.each([
    [["--target", "redis"], "--target must be one of users, images"],
    [["--fault", "tired"], "--fault must be one of killed, frozen"],
    [["--rate", "0"], "--rate must be a whole number from 1 to 500"],
    [["--rate", "fast"], "--rate must be a whole number from 1 to 500"],
    [["--help-me"], "Unknown option '--help-me'"],
    [["users"], "Unexpected argument 'users'"],
  ])("refuses %j, and says what is allowed", (words, message) => {
    expect(() => parseSelection(words)).toThrow(message);
  });
});
