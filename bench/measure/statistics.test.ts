import { ratioOf, spreadOf } from "./statistics.ts";

test.each([
  [[3], { median: 3, min: 3, max: 3 }],
  [[4, 1], { median: 2.5, min: 1, max: 4 }],
  [[9, 1, 2], { median: 2, min: 1, max: 9 }],
  [[10, 2, 1, 4], { median: 3, min: 1, max: 10 }],
  [[1, Number.NaN, 3], { median: 2, min: 1, max: 3 }],
])("the spread of %j", (values, expected) => {
  expect(spreadOf(values)).toEqual(expected);
});

test("nothing has no spread", () => {
  expect(spreadOf([]).median).toBeNaN();
});

test("a ratio is taken within a round, not over rounds", () => {
  const ours = [10, 30, 20].map((value, round) => ({ round, value }));
  const base = [20, 60, 40].map((value, round) => ({ round, value }));
  expect(ratioOf(ours, base)).toEqual({ median: 0.5, min: 0.5, max: 0.5 });
});

test("a round without both counts for nothing", () => {
  const ours = [
    { round: 0, value: 10 },
    { round: 1, value: 90 },
  ];
  const base = [
    { round: 0, value: 5 },
    { round: 2, value: 1 },
  ];
  expect(ratioOf(ours, base)).toEqual({ median: 2, min: 2, max: 2 });
});
