import { shareOut } from "./share-out.ts";

test("shares out a total by weights, and nothing to what weighs nothing", () => {
  expect(shareOut(10, [3, 0, 1, 1])).toEqual([6, 0, 2, 2]);
});

test("passes on to others what does not fit", () => {
  expect(shareOut(6, [100, 1, 1, 0], 3)).toEqual([3, 3, 0, 0]);
});

test("leaves over what fits nowhere", () => {
  expect(shareOut(100, [1, 5, 0], 4)).toEqual([4, 4, 0]);
  expect(shareOut(100, [0, 0])).toEqual([0, 0]);
});
