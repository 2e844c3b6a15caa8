import { firstOfShuffled } from "./first-of-shuffled.ts";
import { randomFor } from "./random-for.ts";

/** The same with a list of all numbers. */
function firstOfList(limit: number, count: number, below: (limit: number) => number) {
  const numbers = Array.from({ length: limit }, (_, index) => index);
  for (let index = 0; index < count; index++) {
    const other = index + below(limit - index);
    [numbers[index], numbers[other]] = [numbers[other] ?? 0, numbers[index] ?? 0];
  }
  return numbers.slice(0, count);
}

test.each([0, 1, 7, 40])("returns the first %d of the shuffled list", (count) => {
  for (let seed = 0; seed < 20; seed++) {
    const numbers = firstOfShuffled(40, count, randomFor(seed).below);
    expect(numbers).toEqual(firstOfList(40, count, randomFor(seed).below));
  }
});

test("holds no list of all numbers, which could not be so long", () => {
  const limit = 2 ** 40;
  expect(firstOfShuffled(limit, 3, (most) => most - 1)).toEqual([limit - 1, 0, 1]);
});
