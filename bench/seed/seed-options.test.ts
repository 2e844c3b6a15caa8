import { parseSeedOptions } from "./seed-options.ts";

test("takes a size by its name, and single counts in place of its own", () => {
  const { size, seed } = parseSeedOptions(["--size", "medium", "--likes", "7", "--seed", "1"]);
  expect({ ...size, seed }).toEqual({
    users: 200,
    images: 600,
    comments: 6_000,
    likes: 7,
    seed: 1,
  });
});

test.each([
  [["--size", "huge"], "--size is one of small, medium, large"],
  [["--users", "0"], "--users must be a whole number from 1 to 1000000"],
  [["--seed", "x"], "--seed must be a whole number from 0 to 4294967295"],
  [["--concurrency", ""], "--concurrency must be a whole number from 1 to 64"],
  [["--url", "here"], "--url must be a URL"],
])("refuses %j", (words, message) => {
  expect(() => parseSeedOptions(words)).toThrow(message);
});
